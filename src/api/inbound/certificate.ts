import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { AppError } from '../../domain/errors.ts';
import type { CertificateFiles } from '../../runtime/config-inbound.ts';

/** In the PEM form. */
export interface Certificate {
  cert: string;
  key: string;
}

/**
 * What the listener proves itself with.
 *
 * @throws AppError CONFIG_INVALID: a file cannot be read, or is no certificate with its key
 */
export async function readCertificate({ certPath, keyPath }: CertificateFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([read('INBOUND_TLS_CERT', certPath), read('INBOUND_TLS_KEY', keyPath)]);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const message =
      'INBOUND_TLS_CERT and INBOUND_TLS_KEY must be a certificate and its key, both as PEM; the key without a password.';
    throw new AppError('CONFIG_INVALID', message, { cause });
  }
  return { cert, key };
}

async function read(variable: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `${variable}: ${path} cannot be read; name a PEM file.`, { cause });
  }
}
