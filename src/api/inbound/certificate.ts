import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { AppError } from '../../domain/errors.ts';
import { type Repetition, repeat } from '../../relay/repeat.ts';
import type { CertificateFiles } from '../../runtime/config-inbound.ts';
import type { Logger } from '../../runtime/log.ts';

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

/** Milliseconds between two looks at the files. Looks, and no word of the system: a renewal may as well move a symbolic link. */
const LOOK_EVERY = 60_000;

/**
 * Looks at the files again and again, and hands on the certificate that has come in the place of the one before. One that is no pair (the
 * second file is not written yet, or never will be) changes nothing; at the second look it is told.
 */
export function watchCertificate(
  files: CertificateFiles,
  given: Certificate,
  { renew, log, everyMs = LOOK_EVERY }: { renew: (certificate: Certificate) => void; log: Logger; everyMs?: number },
): Repetition {
  let current = given;
  let failed = 0;
  const look = async (): Promise<void> => {
    const found = await readCertificate(files);
    failed = 0;
    if (found.cert === current.cert && found.key === current.key) return;
    current = found;
    renew(found);
    log.info('the listener for incoming mail has a new certificate');
  };
  return repeat(everyMs, look, (error) => {
    failed += 1;
    if (failed === 2) log.warn({ err: error }, 'a new certificate cannot be used; the one before stays');
  });
}

async function read(variable: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `${variable}: ${path} cannot be read; name a PEM file.`, { cause });
  }
}
