/** A certificate of a key of the test's own, as small as one can be. */
import { createSign, type KeyObject } from 'node:crypto';

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const SEQUENCE = 0x30;
const OCTETS = 0x04;
const SHA256_WITH_RSA = der(SEQUENCE, Buffer.from('06092a864886f70d01010b0500', 'hex'));
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const time = (text: string): Buffer => der(0x17, Buffer.from(text));

/** @param host whose certificate it is; without it nobody's */
export function certificateOf(
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
  host?: string,
): string {
  const name =
    host === undefined
      ? der(SEQUENCE)
      : der(SEQUENCE, der(0x31, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from(host)))));
  const names = host === undefined ? null : der(SEQUENCE, der(0x82, Buffer.from(host)));
  const toSign = der(
    SEQUENCE,
    ...(names === null ? [] : [der(0xa0, der(0x02, Buffer.from([2])))]),
    der(0x02, Buffer.from([1])),
    SHA256_WITH_RSA,
    name,
    der(SEQUENCE, time('250101000000Z'), time('490101000000Z')),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    ...(names === null ? [] : [der(0xa3, der(SEQUENCE, der(SEQUENCE, SUBJECT_ALT_NAME, der(OCTETS, names))))]),
  );
  const signature = createSign('RSA-SHA256').update(toSign).sign(privateKey);
  const certificate = der(SEQUENCE, toSign, SHA256_WITH_RSA, der(0x03, Buffer.from([0]), signature));
  return `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
}
