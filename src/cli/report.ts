/** How an error ends a command: what is wrong and what to do, without a stack trace. */
import { CommanderError } from 'commander';
import { isAppError, type ErrorCode } from '../domain/errors.ts';

const WRONG_INPUT = new Set<ErrorCode>([
  'CONFIG_INVALID',
  'PLAYBOOK_INVALID',
  'PLAYBOOK_OUTDATED',
  'PLAYBOOK_EARLIER',
  'VALIDATION_FAILED',
]);

interface ReportOptions {
  /** The error is the JSON document that the command answers with. */
  json?: boolean;
  out?: NodeJS.WritableStream;
  err?: NodeJS.WritableStream;
}

/** Tells the error, and returns the exit code, see EXIT_CODES. */
export function report(error: unknown, options: ReportOptions = {}): number {
  const { json = false, out = process.stdout, err = process.stderr } = options;
  if (isAbort(error)) return 130;
  // Its message is on stderr already: the help that was asked for, or what is wrong with what was typed.
  if (error instanceof CommanderError) return asTyped(error, json, out);
  const message = error instanceof Error ? error.message : String(error);
  if (json)
    writeError(out, isAppError(error) ? error.code : 'INTERNAL', message, isAppError(error) ? error.fields : []);
  else err.write(`${isAppError(error) ? message : `Unexpected error: ${message}`}\n`);
  const level = process.env['LOG_LEVEL'];
  if (level === 'debug' || level === 'trace') {
    err.write(`${error instanceof Error ? String(error.stack) : ''}\n`);
    if (error instanceof Error && error.cause !== undefined) err.write(`caused by: ${describe(error.cause)}\n`);
  } else if (!isAppError(error)) {
    err.write('Run the command again with LOG_LEVEL=debug to see where the error occurred.\n');
  }
  return isAppError(error) && WRONG_INPUT.has(error.code) ? 2 : 1;
}

function asTyped(error: CommanderError, json: boolean, out: NodeJS.WritableStream): number {
  if (error.exitCode === 0) return 0;
  if (json) writeError(out, 'WRONG_USE', error.message.replace(/^error: /, ''), []);
  return 2;
}

function writeError(out: NodeJS.WritableStream, code: string, message: string, fields: readonly unknown[]): void {
  out.write(`${JSON.stringify({ error: { code, message, ...(fields.length > 0 && { fields }) } }, null, 2)}\n`);
}

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
