import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/** Ids that callers may choose: what could break a log line or a header is refused. */
const GIVEN_ID = /^[\w.:-]{1,64}$/;

/**
 * One line a request: the route's pattern, status, duration and the key's id. Never the address as called, a header or a
 * body: tokens, emails and names stand in those.
 */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp<Request, Response>({
    logger,
    genReqId: (request, response) => {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && GIVEN_ID.test(given) ? given : randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    wrapSerializers: false,
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
    customAttributeKeys: { responseTime: 'durationMs' },
    customProps: (request, response) => ({
      requestId: request.id,
      method: request.method,
      route: response.locals['route'] ?? '(none)',
      status: response.statusCode,
      code: response.locals['code'],
      keyId: response.locals['keyId'],
    }),
    customLogLevel: (request, response) => levelOf(request, response),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request',
  });
}

/** Health checks and scrapes come every few seconds and say nothing. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

function levelOf(request: Request, response: Response): 'debug' | 'info' | 'warn' | 'error' {
  if (response.statusCode >= 500) return QUIET.has(request.path) ? 'warn' : 'error';
  return QUIET.has(request.path) ? 'debug' : 'info';
}
