import express, { type Express, type Request } from 'express';
import { readGauges } from '../store/lists/gauges.ts';
import type { ConsoleDeps } from '../console/deps.ts';
import { FAVICON } from '../console/favicon.ts';
import { SITE_SCRIPT_PATH, siteScript } from './site-script.ts';
import { consoleRouter } from '../console/router.ts';
import { createKeyring } from './auth.ts';
import { createBrowserOrigins, refuseOrigin } from './browser-origins.ts';
import type { Caller } from './caller.ts';
import { asPage } from './pages.ts';
import type { Reply } from './reply.ts';
import type { ApiDeps } from './deps.ts';
import { readSiteOrigins } from '../store/access/api-keys.ts';
import { docsPage } from './docs.ts';
import { refuseForeignPage } from './foreign-pages.ts';
import { inStep } from './in-step.ts';
import { sampleMail } from './sample-mail.ts';
import { createMetrics } from './metrics.ts';
import { describeApi, type OpenApiDocument } from './openapi.ts';
import { problemHandler, unknownPath, toAppError } from './problem.ts';
import { requestLog } from './request-log.ts';
import { closeOnLeftOver } from './left-over-body.ts';
import { mount, type Route } from './route.ts';
import { allRoutes } from './routes.ts';
import { browserAccess, securityHeaders } from './security.ts';

export interface Api {
  app: Express;
  routes: readonly Route[];
  document: OpenApiDocument;
}

/** The whole HTTP API. It holds nothing that must be closed. */
export function createApi(deps: ApiDeps): Api {
  const { settings, log } = deps;
  const keyring = createKeyring(deps.findKey, deps.limits);
  const metrics = createMetrics(() => readGauges(deps.store.db), settings.workerMetricsUrl);
  const origins = createBrowserOrigins(() => readSiteOrigins(deps.store.db));
  const forget = (): void => {
    keyring.forget();
    origins.forget();
  };
  const routes = allRoutes(deps, { forget }, metrics);
  const document = describeApi(routes, settings.publicUrl, settings.version);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', settings.trustProxy);
  app.use(closeOnLeftOver);
  app.use(requestLog(log), metrics.measure, securityHeaders(settings.publicUrl), browserAccess(routes, origins));
  const admit = async (route: Route, request: Request): Promise<Caller | null> => {
    const caller = await keyring.admit(route, request);
    if (caller?.role === 'site') refuseOrigin(caller, request);
    if (caller !== null) refuseForeignPage(caller, request, settings.publicUrl);
    if (route.limited !== null && caller?.role === 'site') await deps.limits.spend(route.limited, request, caller);
    return caller;
  };
  const formPage = (work: () => Promise<Reply>): Promise<Reply> =>
    asPage(settings.organization, (error) => log.error({ err: error }, 'a form could not be processed'), work);
  mount(app, routes, {
    admit,
    beforeForm: (request) => deps.limits.refuseGuesser(request),
    formPage,
    checkAnswers: settings.checkAnswers ?? false,
    rules: deps.store.rules,
  });
  app.get('/openapi.json', (_request, response) => {
    response.locals['route'] = '/openapi.json';
    response.json(document);
  });
  app.get('/', (_request, response) => {
    response.locals['route'] = '/';
    response.redirect(303, '/console');
  });
  app.get('/favicon.ico', (_request, response) => {
    response.locals['route'] = '/favicon.ico';
    response.setHeader('Cache-Control', 'public, max-age=86400').type('svg').send(FAVICON);
  });
  app.get(SITE_SCRIPT_PATH, siteScript);
  app.use('/docs', docsPage());
  app.use(
    '/console',
    consoleRouter(consoleDeps(deps), (request, _response, next) =>
      deps.limits.spend('pages', request).then(() => next(), next),
    ),
  );
  app.use(unknownPath);
  app.use(
    problemHandler((error, status) =>
      log.error({ err: error.cause ?? error, code: error.code, status, details: error.details }, 'a request failed'),
    ),
  );
  return { app, routes, document };
}

function consoleDeps(deps: ApiDeps): ConsoleDeps {
  const {
    store,
    ring,
    bulkRuns,
    broadcasts,
    newsletters,
    commands,
    sendSignIn,
    sendInvitation,
    openId,
    log,
    settings,
  } = deps;
  const { publicUrl, organization } = settings;
  const failed = (error: unknown): void => log.error({ err: error }, 'a page of the console failed');
  return {
    store,
    ring,
    bulkRuns,
    broadcasts,
    newsletters,
    commands,
    inStep,
    sendSignIn,
    sendInvitation,
    sampleMail: (variant) => sampleMail(deps, variant),
    openId,
    toAppError,
    failed,
    settings: { publicUrl, organization },
  };
}

export function createApp(deps: ApiDeps): Express {
  return createApi(deps).app;
}
