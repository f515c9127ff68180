/** How an error ends a command: what is wrong and what to do, without a stack trace. */
import { isAppError, type ErrorCode } from '../domain/errors.ts';

const WRONG_INPUT = new Set<ErrorCode>(['CONFIG_INVALID', 'PLAYBOOK_INVALID', 'PLAYBOOK_OUTDATED']);

/** Exit codes: 0 done, 1 failed, 2 wrong input (configuration, playbook, arguments), 130 interrupted. */
export function report(error: unknown, stream: NodeJS.WritableStream = process.stderr): number {
  if (isAbort(error)) return 130;
  const message = error instanceof Error ? error.message : String(error);
  stream.write(`${isAppError(error) ? message : `Unexpected error: ${message}`}\n`);
  const level = process.env['LOG_LEVEL'];
  if (level === 'debug' || level === 'trace') {
    stream.write(`${error instanceof Error ? String(error.stack) : ''}\n`);
    if (error instanceof Error && error.cause !== undefined) stream.write(`caused by: ${describe(error.cause)}\n`);
  } else if (!isAppError(error)) {
    stream.write('Run the command again with LOG_LEVEL=debug to see where the error occurred.\n');
  }
  return isAppError(error) && WRONG_INPUT.has(error.code) ? 2 : 1;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
