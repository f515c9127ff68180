import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
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

/** For the one page or image that needs more than nothing. */
export function allowOn(response: Response, policy: string): void {
  response.setHeader('Content-Security-Policy', policy);
}

/**
 * What a site key is for may be called from any web page: the key stands in the request and there are no cookies, so naming
 * the origin would protect nothing.
 */
export function browserAccess(routes: readonly Route[]): RequestHandler {
  const paths = new Set(routes.filter((route) => route.fromBrowsers).map((route) => route.path));
  return (request, response, next) => {
    if (!paths.has(request.path)) return next();
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader(
      'Access-Control-Expose-Headers',
      'Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id',
    );
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return next();
    response
      .status(204)
      .setHeader('Access-Control-Allow-Methods', 'POST')
      .setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, Idempotency-Key')
      .setHeader('Access-Control-Max-Age', '600');
    response.end();
  };
}
