import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { BrowserOrigins } from './browser-origins.ts';
import type { Route } from './route.ts';

/**
 * What the API answers is data: no page may run it, frame it or load anything from it. HSTS only where the service is reached by https: on plain http it would lock a developer out of
 * localhost.
 */
export function securityHeaders(publicUrl: string): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
    strictTransportSecurity: publicUrl.startsWith('https:') ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
  });
}

/** Replaces the Content-Security-Policy of one answer: the default forbids everything, and a page needs its styles and forms. */
export function allowOn(response: Response, policy: string): void {
  response.setHeader('Content-Security-Policy', policy);
}

/** Web pages may call only the routes for site keys, and only from the key's own websites. */
export function browserAccess(routes: readonly Route[], origins: BrowserOrigins): RequestHandler {
  const operations = new Set(
    routes.filter((route) => route.fromBrowsers).map(({ method, path }) => `${method.toUpperCase()} ${path}`),
  );
  return async (request, response, next) => {
    const { origin, 'access-control-request-method': asked } = request.headers;
    const isPreflight = request.method === 'OPTIONS' && asked !== undefined;
    if (!operations.has(`${isPreflight ? asked : request.method} ${request.path}`)) return next();
    const allowed = origin === undefined ? null : await origins.answerTo(origin);
    response.vary('Origin');
    if (allowed !== null) response.setHeader('Access-Control-Allow-Origin', allowed);
    response.setHeader(
      'Access-Control-Expose-Headers',
      'Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id',
    );
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (!isPreflight) return next();
    response.status(204);
    if (allowed === null) {
      response.end();
      return;
    }
    response
      .setHeader('Access-Control-Allow-Methods', 'POST')
      .setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, Idempotency-Key')
      .setHeader('Access-Control-Max-Age', '600');
    response.end();
  };
}
