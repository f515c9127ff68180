/** A signer as Amazon SNS is one: a key of the test's own, and the smallest certificate of it. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { certificateOf } from '../support/certificate.ts';

export function snsSigner(): { certificate: string; sign(text: string, algorithm?: string): string } {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    certificate: certificateOf(keys),
    sign: (text, algorithm = 'RSA-SHA256') => createSign(algorithm).update(text).sign(keys.privateKey, 'base64'),
  };
}
