/** A signer as Amazon SNS is one: a key of the test's own, and the smallest certificate of it. */
import { createSign, generateKeyPairSync } from 'node:crypto';

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const SEQUENCE = 0x30;
const SHA256_WITH_RSA = der(SEQUENCE, Buffer.from('06092a864886f70d01010b0500', 'hex'));
const time = (text: string): Buffer => der(0x17, Buffer.from(text));

export function snsSigner(): { certificate: string; sign(text: string, algorithm?: string): string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const toSign = der(
    SEQUENCE,
    der(0x02, Buffer.from([1])),
    SHA256_WITH_RSA,
    der(SEQUENCE),
    der(SEQUENCE, time('250101000000Z'), time('490101000000Z')),
    der(SEQUENCE),
    publicKey.export({ format: 'der', type: 'spki' }),
  );
  const signature = createSign('RSA-SHA256').update(toSign).sign(privateKey);
  const certificate = der(SEQUENCE, toSign, SHA256_WITH_RSA, der(0x03, Buffer.from([0]), signature));
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    sign: (text, algorithm = 'RSA-SHA256') => createSign(algorithm).update(text).sign(privateKey, 'base64'),
  };
}
