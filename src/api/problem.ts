import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { AppError, ERROR_CODES, isAppError, type ErrorCode } from '../domain/errors.ts';
import { LOOK_AGAIN_S } from '../reports/being-counted.ts';
import { type Outage, outageOf } from '../runtime/outage.ts';

/** Seconds after which a repeat may succeed: the header Retry-After. */
const RETRY_AFTER_S = 2;
const RETRY_AFTER_OF: Readonly<Partial<Record<ErrorCode, number>>> = { REPORT_BEING_COUNTED: LOOK_AGAIN_S };

/** RFC 9457. `code` is stable and meant for programs; `detail` and `errors[].message` are for people. */
export const Problem = z
  .object({
    type: z
      .string()
      .meta({ description: 'A URI reference that names the kind of problem', example: '/problems/lead-unknown' }),
    title: z.string().meta({ example: 'There is no such lead' }),
    status: z.int().meta({ example: 404 }),
    detail: z.string().meta({ example: 'There is no lead lead-0193f0c2a7b47c1e8f9d2b3c4d5e6f70' }),
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .meta({ description: 'One entry per field that is wrong' }),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused or failed (RFC 9457)' });
export type Problem = z.infer<typeof Problem>;

export function problemOf(error: AppError): Problem {
  const { status, title } = ERROR_CODES[error.code];
  return {
    type: `/problems/${error.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    errors: [...error.fields],
  };
}

function sendProblem(response: Response, error: AppError): void {
  const problem = problemOf(error);
  response.status(problem.status).setHeader('Cache-Control', 'no-store');
  if (error.retryable && problem.status !== 500 && !response.hasHeader('Retry-After'))
    response.setHeader('Retry-After', String(RETRY_AFTER_OF[error.code] ?? RETRY_AFTER_S));
  if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response.type('application/problem+json').send(JSON.stringify(problem));
}

/** Every error as an AppError. An unknown error becomes INTERNAL, and the caller learns nothing about it. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  return (
    bodyErrorOf(error) ??
    outageErrorOf(error) ??
    new AppError('INTERNAL', 'An unexpected error occurred; it has been logged', { cause: error })
  );
}

/** A connection may end after the work was committed and before the answer arrived. */
const REPEAT = `try again in ${RETRY_AFTER_S} s; send the same Idempotency-Key or event ids, so that nothing is done twice`;

const DETAIL: Readonly<Record<Outage['of'], string>> = {
  database: `The database cannot be reached at the moment: ${REPEAT}`,
  temporal: `Temporal cannot be reached at the moment: ${REPEAT}`,
  load: `Too busy right now: ${REPEAT}`,
};

function outageErrorOf(error: unknown): AppError | null {
  const outage = outageOf(error);
  if (outage === null) return null;
  return new AppError(outage.of === 'load' ? 'TOO_BUSY' : 'UNAVAILABLE', DETAIL[outage.of], { cause: error });
}

/** What Express and its body parsers throw: plain errors with `status` and `type`. */
function bodyErrorOf(error: unknown): AppError | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  const type = 'type' in error ? String(error.type) : '';
  const limit = 'limit' in error ? Number(error.limit) : null;
  switch (type) {
    case 'entity.parse.failed':
      return new AppError('BODY_NOT_JSON', `The body could not be read as JSON${jsonPlace(error)}`);
    case 'entity.too.large':
      return new AppError(
        'BODY_TOO_LARGE',
        limit === null
          ? 'The body is too large'
          : `The body is larger than ${Math.round(limit / 1024)} KB, the limit of this operation`,
      );
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new AppError(
        'UNSUPPORTED_MEDIA_TYPE',
        'Send the body as JSON in UTF-8, plain or with gzip, deflate or br',
      );
    default:
      if (error.status === 413) return new AppError('BODY_TOO_LARGE', 'The body is too large');
      if (typeof error.status === 'number' && error.status >= 400 && error.status < 500) {
        return new AppError(
          'VALIDATION_FAILED',
          'The request could not be read: its path, headers or body are malformed or cut off',
        );
      }
      return null;
  }
}

/** The position of the JSON error, without the text around it, which may be personal. */
function jsonPlace(error: Error): string {
  const place = /position (\d+)/.exec(error.message);
  return place ? ` (at position ${place[1]})` : '';
}

export const unknownPath: RequestHandler = (request, response) => {
  response.locals['route'] = '(unknown)';
  sendProblem(response, new AppError('NOT_FOUND', `There is nothing at this path for ${request.method}; see /docs`));
};

/** Last in line. `log` gets what the caller must not see. */
export function problemHandler(log: (error: AppError, status: number) => void): ErrorRequestHandler {
  return (thrown: unknown, _request, response, next) => {
    const error = toAppError(thrown);
    const status = ERROR_CODES[error.code].status;
    if (status >= 500) log(error, status);
    if (response.headersSent) {
      next(thrown);
      return;
    }
    response.locals['code'] = error.code;
    sendProblem(response, error);
  };
}
