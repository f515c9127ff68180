/** A stack to be fuzzed: of its own, in a temporary folder, on free ports, with a key for each role and a few leads handed off. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startReporter } from '../bench/children.ts';
import { until } from '../bench/measure.ts';
import { loadConfig } from '../src/config.ts';
import { createTokens, type Tokens } from '../src/email/tokens.ts';
import { closeDb, createDb, type Db } from '../src/store/db.ts';
import { freePortSettings } from '../src/stack/ports.ts';
import { createProgress } from '../src/stack/progress.ts';
import { startStack } from '../src/stack/supervisor.ts';
import { recordSend } from './tokens.ts';

/** `none` is a caller without a key. */
export const CALLERS = ['none', 'site', 'rep', 'marketer', 'operator', 'admin'] as const;
export type CallerName = (typeof CALLERS)[number];

export interface HandOff {
  assignmentId: string;
  leadId: string;
  repId: string;
}

export interface Target {
  /** Where the API answers. */
  base: string;
  db: Db;
  tokens: Tokens;
  /** The secret of each role's key; none for `none`. */
  keys: Readonly<Record<CallerName, string | null>>;
  /** The rep that the rep's key belongs to. */
  repId: string;
  /** Offers to that rep, and to others. */
  own: readonly HandOff[];
  foreign: readonly HandOff[];
  /** A lead that was never handed to anyone. */
  freeLeadId: string;
  /** An email that was sent to a lead of another rep. */
  sendId: string;
  request(method: string, url: string, init?: RequestInit & { caller?: CallerName }): Promise<Response>;
  /** New keys: a fuzzed `DELETE /v1/api-keys/{id}` may have found the old ones. */
  renewKeys(): Promise<void>;
  /** Processes that are not the ones that were started: something made them end. */
  died(): string[];
  close(): Promise<void>;
}

const REP = 'anna-berger';
const OTHERS = ['luca-moretti', 'grace-whitfield'];
const PATIENCE_MS = 60_000;

export async function openTarget(): Promise<Target> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-fuzz-'));
  const sink = startReporter('./sink.ts', {});
  const closers: (() => Promise<void>)[] = [
    () => rm(dataDir, { recursive: true, force: true }),
    async () => sink.stop(),
  ];
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).toReversed()) await closeOne();
  };
  try {
    await sink.reaches('port', 1, 10_000);
    const config = loadConfig({
      DATA_DIR: dataDir,
      SMTP_URL: `smtp://127.0.0.1:${sink.value('port')}`,
      ...(await freePortSettings()),
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
    });
    const stack = await startStack(config, { progress: createProgress(process.stderr) });
    closers.push(() => stack.stop());
    const db = createDb(config.databaseUrl);
    closers.push(() => closeDb(db));
    const base = stack.urls.api;
    const admin = config.adminApiKey;
    const target = await seed(base, admin);
    // What the processes write once they take note of these leads is none of a caller's doing.
    await until('the first leads’ bells are heard', PATIENCE_MS, async () => (await db.outbox.count()) === 0);
    const pids = new Map(['API', 'Worker'].map((name) => [name, stack.find(name)?.pid]));
    const died = (): string[] => [...pids].filter(([name, pid]) => stack.find(name)?.pid !== pid).map(([name]) => name);
    const sendId = await recordSend(db, target.foreign[0]?.leadId ?? '');
    return { base, db, tokens: createTokens(config.secretKeys), sendId, ...target, died, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Seeded = Pick<Target, 'keys' | 'repId' | 'own' | 'foreign' | 'freeLeadId' | 'request' | 'renewKeys'>;

async function seed(base: string, admin: string): Promise<Seeded> {
  const keys: Record<CallerName, string | null> = {
    none: null,
    site: null,
    rep: null,
    marketer: null,
    operator: null,
    admin,
  };
  const request: Target['request'] = async (method, url, { caller = 'admin', ...init } = {}) => {
    const headers = new Headers(init.headers);
    const key = caller === 'none' ? null : keys[caller];
    if (key !== null) headers.set('authorization', `Bearer ${key}`);
    const send = () =>
      fetch(base + url, { redirect: 'manual', signal: AbortSignal.timeout(60_000), ...init, method, headers });
    try {
      return await send();
    } catch {
      // A connection that was kept alive may end just as it is used again. If the API died of it, `died` tells.
      return send();
    }
  };
  const ask = async (method: string, url: string, body?: unknown): Promise<Record<string, unknown>> => {
    const init = {
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    const response = await fetch(base + url, { ...init, method });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  };
  const renewKeys = async (): Promise<void> => {
    for (const role of CALLERS) {
      if (role === 'none' || role === 'admin') continue;
      const body = { name: `fuzz ${role}`, role, ...(role === 'rep' && { rep: REP }) };
      keys[role] = String((await ask('POST', '/v1/api-keys', body))['secret']);
    }
  };
  await renewKeys();

  const submit = async (name: string, more: Record<string, unknown> = {}): Promise<string> => {
    const lead = { email: `${name}@fuzz.example`, firstName: name, source: 'referral', ...more };
    return String((await ask('POST', '/v1/leads', lead))['id']);
  };
  for (const owner of [REP, REP, ...OTHERS, ...OTHERS]) {
    await submit(`for-${owner}-${Math.random().toString(36).slice(2, 8)}`, {
      enterAt: { stage: 'assigned', owner },
      consent: { text: 'Yes, send me mail', source: 'fuzz' },
    });
  }
  const freeLeadId = await submit('nobodys');
  const offers = await untilOffered(ask, 6);
  const reps = (await ask('GET', '/v1/reps'))['items'] as { id: string; key: string }[];
  const repId = reps.find(({ key }) => key === REP)?.id ?? '';
  return {
    keys,
    request,
    renewKeys,
    repId,
    freeLeadId,
    own: offers.filter((offer) => offer.repId === repId),
    foreign: offers.filter((offer) => offer.repId !== repId),
  };
}

type Ask = (method: string, url: string, body?: unknown) => Promise<Record<string, unknown>>;
interface Offer {
  id: string;
  rep: { id: string };
  lead: { id: string };
}

async function untilOffered(ask: Ask, count: number): Promise<HandOff[]> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const items = (await ask('GET', '/v1/assignments'))['items'] as Offer[];
    if (items.length >= count) {
      return items.map(({ id, rep, lead }) => ({ assignmentId: id, leadId: lead.id, repId: rep.id }));
    }
    if (Date.now() > deadline) throw new Error(`Only ${items.length} of ${count} leads were offered in time`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
