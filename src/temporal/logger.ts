import type { Logger as TemporalLogger, LogLevel } from '@temporalio/common';
import type { Logger } from 'pino';
import { stripAddresses } from '../domain/redact.ts';

const LEVELS: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error'> = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
};

/** Writes the SDK's log lines into our log. */
export function temporalLogger(log: Logger): TemporalLogger {
  const at = (level: LogLevel, message: string, meta: object = {}): void => {
    log[LEVELS[level]](known(meta), stripAddresses(message));
  };
  return {
    log: at,
    trace: (message, meta) => at('TRACE', message, meta),
    debug: (message, meta) => at('DEBUG', message, meta),
    info: (message, meta) => at('INFO', message, meta),
    warn: (message, meta) => at('WARN', message, meta),
    error: (message, meta) => at('ERROR', message, meta),
  };
}

/** The fields that are logged. The other fields repeat the workflow's whole identity on each line. */
function known(meta: object): object {
  const { workflowId, activityType, attempt, error } = meta as Record<string, unknown>;
  return { ...(workflowId === undefined ? {} : { lead: workflowId }), activityType, attempt, err: error };
}
