/** One family of errors for the whole product: a stable code, a message for people, details for logs. */

/**
 * What each code means to a caller: the HTTP status of its problem response, its title, and whether doing the
 * same again may succeed. The table is the only place where codes are given a meaning.
 */
export const ERROR_CODES = {
  VALIDATION_FAILED: { status: 400, title: 'The request is not valid', retryable: false },
  BODY_NOT_JSON: { status: 400, title: 'The body is not JSON', retryable: false },
  TOKEN_MALFORMED: { status: 400, title: 'This link is not valid', retryable: false },
  UNAUTHENTICATED: { status: 401, title: 'An API key is needed', retryable: false },
  FORBIDDEN: { status: 403, title: 'Not allowed for this API key', retryable: false },
  NOT_FOUND: { status: 404, title: 'Not found', retryable: false },
  LEAD_UNKNOWN: { status: 404, title: 'There is no such lead', retryable: false },
  ASSIGNMENT_UNKNOWN: { status: 404, title: 'There is no such assignment', retryable: false },
  SEND_UNKNOWN: { status: 404, title: 'There is no such message', retryable: false },
  MAIL_UNKNOWN: { status: 404, title: 'There is no such incoming mail', retryable: false },
  TASK_UNKNOWN: { status: 404, title: 'There is no such task', retryable: false },
  CADENCE_UNKNOWN: { status: 404, title: 'There is no such cadence', retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed', retryable: false },
  CONFLICT: { status: 409, title: 'Not possible in the present state', retryable: false },
  EVENT_ID_TAKEN: { status: 409, title: 'Another event has this id', retryable: false },
  TASK_CLOSED: { status: 409, title: 'The task is closed already', retryable: false },
  ASSIGNMENT_TAKEN: { status: 409, title: 'The assignment is already decided', retryable: false },
  NOT_YOUR_ASSIGNMENT: { status: 403, title: 'Not your assignment', retryable: false },
  STAGE_FORBIDS: { status: 409, title: 'Not possible in this stage', retryable: false },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'Idempotency-Key was used for another request', retryable: false },
  IDEMPOTENCY_IN_PROGRESS: { status: 409, title: 'The first request with this key is still running', retryable: true },
  PROCESS_ENDED: { status: 409, title: "The lead's process has ended", retryable: false },
  TIME_SKIPPING_UNAVAILABLE: { status: 501, title: 'This Temporal server cannot skip time', retryable: false },
  OFF_IN_PRODUCTION: { status: 403, title: 'Not available in production', retryable: false },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large', retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body must be JSON', retryable: false },
  RATE_LIMITED: { status: 429, title: 'Too many requests', retryable: true },
  COMMAND_PENDING: { status: 503, title: 'The command has no verdict yet', retryable: true },
  REPORT_BEING_COUNTED: { status: 503, title: 'The report is being counted', retryable: true },
  TOO_BUSY: { status: 503, title: 'The engine is too busy right now', retryable: true },
  UNAVAILABLE: { status: 503, title: 'A part of the engine is not reachable', retryable: true },
  STORED_BY_NEWER: { status: 503, title: 'Stored by a newer version of the engine', retryable: true },
  PLAYBOOK_UNPUBLISHED: { status: 503, title: 'No playbook is published', retryable: true },
  PLAYBOOK_OUTDATED: { status: 409, title: 'Another playbook revision was published meanwhile', retryable: false },
  PLAYBOOK_EARLIER: { status: 409, title: 'An earlier playbook revision says the same', retryable: false },
  CONFIG_INVALID: { status: 500, title: 'The configuration is not valid', retryable: false },
  PLAYBOOK_INVALID: { status: 500, title: 'The playbook is not valid', retryable: false },
  TEMPLATE_BROKEN: { status: 500, title: 'A template cannot be rendered', retryable: false },
  STACK_FAILED: { status: 500, title: 'The embedded stack could not start', retryable: false },
  INTERNAL: { status: 500, title: 'The engine failed', retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One problem of one field: what is wrong and what would be right. `path` is dotted, as in `consent.text`. */
export interface FieldError {
  path: string;
  message: string;
}

/** Thrown for every failure that a caller, operator or marketer can do something about. Messages have no personal data. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];
  /** For logs only; never sent to a caller. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    more: { fields?: readonly FieldError[]; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'AppError';
    this.code = code;
    this.fields = more.fields ?? [];
    this.details = more.details ?? {};
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError;
}
