/** The API over the engine on real servers, with a key for every role. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TABLES } from '../../fuzz/contents.ts';
import { createApi } from '../../src/api/app.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { createConsoleMail } from '../../src/api/console-mail.ts';
import { createTransport } from '../../src/email/transport.ts';
import { createRateLimits } from '../../src/api/rate-limits.ts';
import { createLeadHandles } from '../../src/crypto/lead-handles.ts';
import { createMailCheck } from '../../src/email/mail-check.ts';
import { createTokens } from '../../src/crypto/tokens.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { createApiKey, findKeyHolder } from '../../src/store/access/api-keys.ts';
import { createTracker } from '../../src/store/tracking/tracker.ts';
import { startEngine, type Engine } from '../support/engine.ts';

export const CONSENT = { text: 'Yes, send me tips.', source: 'form' };
export type Role = 'site' | 'rep' | 'marketer' | 'operator' | 'admin';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // What tests look into: the schemas are checked by the server itself (checkAnswers).
  body: Record<string, unknown> & { code?: string; items?: Record<string, unknown>[] };
}

export type Bench = Awaited<ReturnType<typeof openApi>>;

export async function openApi(
  options: {
    worker?: boolean;
    playbookDir?: string;
    templatesDir?: string;
    /** See `EngineOptions`. */
    connections?: number;
    change?: (deps: ApiDeps) => ApiDeps;
  } = {},
) {
  const engine: Engine = await startEngine({
    worker: options.worker ?? false,
    ...(options.playbookDir === undefined ? {} : { playbookDir: options.playbookDir }),
    ...(options.templatesDir === undefined ? {} : { templatesDir: options.templatesDir }),
    ...(options.connections === undefined ? {} : { connections: options.connections }),
  });
  const tokens = createTokens(engine.config.secretKeys);
  const handles = createLeadHandles(engine.config.secretKeys);
  const ring = (ids: readonly string[]): void => {
    if (options.worker === true) engine.relay.ring(ids);
  };
  const log = createLogger(engine.config, 'api');
  const tracker = createTracker({ databaseUrl: engine.database.url, ctx: engine.store, ring, log });
  const transport = createTransport(engine.config.mail.smtpUrl, { maxConnections: 1 });
  const deps: ApiDeps = {
    store: engine.store,
    ring,
    tracker,
    commands: engine.commands,
    bulkRuns: engine.bulkRuns,
    broadcasts: engine.broadcasts,
    newsletters: engine.newsletters,
    fastForward: async (leadId, ms) => ({ nowMs: await engine.forward(leadId, `${ms / 60_000} minutes`) }),
    tokens,
    handles,
    findKey: (secret) => findKeyHolder(engine.db, secret),
    limits: createRateLimits(engine.db, engine.config, createLogger(engine.config, 'api')),
    ...createConsoleMail(
      { from: engine.config.mail.from, publicUrl: engine.config.publicUrl, organization: engine.config.mail },
      transport,
      log,
    ),
    openId: null,
    checks: {
      database: async () => void (await engine.db.$queryRaw`SELECT 1`),
      temporal: async () => void (await engine.client.workflowService.getSystemInfo({})),
      mail: createMailCheck(engine.config.mail),
    },
    log,
    settings: {
      publicUrl: 'http://localhost:8080',
      production: false,
      trustProxy: 0,
      organization: { companyName: 'Brookfield', postalAddress: '1 Mill Lane' },
      version: '0.0.0',
      checkAnswers: true,
    },
  };
  const api = createApi(options.change?.(deps) ?? deps);
  const server = createServer(api.app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const reps = Object.fromEntries((await engine.db.rep.findMany()).map((rep) => [rep.key, rep.id]));
  const makeKey = async (role: Role, rep?: string) =>
    (
      await createApiKey(engine.db, {
        name: rep === undefined ? role : `${role} ${rep}`,
        role,
        repId: rep === undefined ? undefined : reps[rep],
      })
    ).secret;
  const keys = {
    site: await makeKey('site'),
    rep: await makeKey('rep', 'ada'),
    dino: await makeKey('rep', 'dino'),
    boss: await makeKey('rep', 'boss'),
    marketer: await makeKey('marketer'),
    operator: await makeKey('operator'),
    admin: await makeKey('admin'),
  };

  async function call(
    method: string,
    path: string,
    init: { key?: string | null; body?: unknown; headers?: Record<string, string>; raw?: string | FormData } = {},
  ): Promise<Answer> {
    const key = init.key === undefined ? keys.admin : init.key;
    const json = init.raw === undefined && init.body !== undefined;
    const response = await fetch(base + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(json && { 'content-type': 'application/json' }),
        ...init.headers,
      },
      ...(init.raw !== undefined ? { body: init.raw } : json ? { body: JSON.stringify(init.body) } : {}),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? (JSON.parse(text) as Answer['body']) : {},
    };
  }

  let serial = 0;
  return {
    engine,
    deps,
    api,
    base,
    tokens,
    tracker,
    handles,
    keys,
    reps,
    db: engine.db,
    call,
    get: (path: string, key?: string | null) => call('GET', path, key === undefined ? {} : { key }),
    post: (path: string, body?: unknown, key?: string | null) =>
      call('POST', path, { body, ...(key === undefined ? {} : { key }) }),
    /** A lead, without a process unless the bench has a worker. */
    lead: async (more: Record<string, unknown> = {}): Promise<string> => {
      serial += 1;
      const answer = await call('POST', '/v1/leads', {
        body: { email: `person${serial}@firm.example`, source: 'ebook', consent: CONSENT, ...more },
      });
      if (answer.status !== 201) throw new Error(answer.text);
      return String(answer.body['id']);
    },
    /** Rows of every table, for "changes nothing". */
    counts: async (): Promise<Record<string, number>> => {
      const counted = await Promise.all(
        TABLES.map((table) => engine.db.$queryRawUnsafe<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${table}`)),
      );
      return Object.fromEntries(TABLES.map((table, index) => [table, counted[index]?.[0]?.n ?? -1]));
    },
    close: async (): Promise<void> => {
      await stop(server);
      await tracker.close();
      await transport.close();
      await engine.close();
    },
  };
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** All entries of a list, page by page. */
export async function walk(bench: Bench, path: string, limit: number): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null && pages < 200; pages += 1) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { status, text, body } = await bench.get(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${after}`);
    if (status !== 200) throw new Error(text);
    items.push(...(body.items ?? []));
    cursor = body['nextCursor'] as string | null;
  }
  return items;
}
