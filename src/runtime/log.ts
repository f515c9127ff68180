/** Structured logs: JSON lines without personal data. */
import { pino, type Logger } from 'pino';

import type { Config } from './config.ts';
import { stripAddresses } from '../domain/redact.ts';

export type { Logger } from 'pino';

/** Keys that hold personal data or secrets. They are hidden down to three levels of a logged object. */
const PRIVATE_KEYS = [
  'email',
  'phone',
  'name',
  'firstName',
  'lastName',
  'fullName',
  'to',
  'from',
  'recipient',
  'subject',
  'note',
  'authorization',
  'cookie',
  'password',
  'apiKey',
  'token',
  'databaseUrl',
  'smtpUrl',
  'secretKey',
] as const;

const REDACTED_PATHS = PRIVATE_KEYS.flatMap((key) => [
  // The logger's own top-level `name` is the process that wrote the line.
  ...(key === 'name' ? [] : [key]),
  `*.${key}`,
  `*.*.${key}`,
]).concat(['req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]']);

export interface LoggerOptions {
  /** `stderr` for commands that print their result on stdout. */
  to?: 'stdout' | 'stderr';
}

/** A logger whose lines have `name`: the process or part that writes them. */
export function createLogger(config: Pick<Config, 'logLevel'>, name: string, options: LoggerOptions = {}): Logger {
  return pino(
    {
      name,
      level: config.logLevel,
      redact: { paths: REDACTED_PATHS, censor: '[private]' },
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: withoutAddresses, error: withoutAddresses },
    },
    pino.destination({ fd: options.to === 'stderr' ? 2 : 1, sync: false }),
  );
}

/** Servers quote addresses in their errors. The log must not contain them. */
function withoutAddresses(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack, ...rest } = pino.stdSerializers.err(error);
  const code = 'code' in rest ? { code: rest['code'] as unknown } : {};
  return { type, message: stripAddresses(message), stack: stripAddresses(stack), ...code };
}
