/** Connections to Temporal, for client and worker, from one configuration. One clear line says when the server cannot be reached. */
import { readFile } from 'node:fs/promises';

import { Connection, type ConnectionOptions } from '@temporalio/client';

import type { Config } from '../runtime/config.ts';
import { AppError } from '../domain/errors.ts';

const CONNECT_TIMEOUT_MS = 5_000;

export type TemporalSettings = Config['temporal'];

interface SharedOptions {
  address: string;
  tls?: NonNullable<ConnectionOptions['tls']>;
  apiKey?: string;
}

/**
 * The options of both kinds of connection.
 *
 * @throws AppError CONFIG_INVALID when a certificate file cannot be read
 */
export async function connectionOptions(temporal: TemporalSettings): Promise<SharedOptions> {
  return {
    address: temporal.address,
    ...(temporal.tls ? { tls: await tlsOptions(temporal) } : {}),
    ...(temporal.apiKey === undefined ? {} : { apiKey: temporal.apiKey }),
  };
}

/**
 * A client connection that was tried and works.
 *
 * @throws AppError UNAVAILABLE within a few seconds when the server does not answer
 */
export async function connectTemporal(temporal: TemporalSettings): Promise<Connection> {
  const options = await connectionOptions(temporal);
  try {
    return await Connection.connect({ ...options, connectTimeout: CONNECT_TIMEOUT_MS });
  } catch (cause) {
    throw unreachable(temporal, cause);
  }
}

/** Whether a Temporal server without TLS answers requests: a server that has just started accepts connections earlier. */
export async function temporalAnswers(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  await connection.close();
  return true;
}

/** The error of a Temporal server that does not answer; the worker's connection uses it as well. */
export function unreachable(temporal: TemporalSettings, cause: unknown): AppError {
  const hint = temporal.tls ? ', that TEMPORAL_TLS and the key or certificate are right,' : '';
  return new AppError(
    'UNAVAILABLE',
    `Temporal at ${temporal.address} does not answer. Check TEMPORAL_ADDRESS${hint} and that the server is up.`,
    { cause },
  );
}

async function tlsOptions(temporal: TemporalSettings): Promise<NonNullable<SharedOptions['tls']>> {
  const { tlsCertPath, tlsKeyPath, tlsCaPath } = temporal;
  const ca = tlsCaPath === undefined ? undefined : await readPem('TEMPORAL_TLS_CA', tlsCaPath);
  if (tlsCertPath === undefined || tlsKeyPath === undefined) {
    return ca === undefined ? true : { serverRootCACertificate: ca };
  }
  const [crt, key] = await Promise.all([
    readPem('TEMPORAL_TLS_CERT', tlsCertPath),
    readPem('TEMPORAL_TLS_KEY', tlsKeyPath),
  ]);
  return { clientCertPair: { crt, key }, ...(ca === undefined ? {} : { serverRootCACertificate: ca }) };
}

async function readPem(variable: string, file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new AppError('CONFIG_INVALID', `${variable} names ${file}, which cannot be read.`, { cause });
  });
}
