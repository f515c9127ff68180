/** The stack to be fuzzed: in a temporary folder, on free ports, with a key for each role and a few leads that are handed off. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startReporter } from '../bench/children.ts';
import { until } from '../bench/measure.ts';
import { loadConfig } from '../src/runtime/config.ts';
import { createTokens, type Tokens } from '../src/crypto/tokens.ts';
import { closeDb, createDb, type Db } from '../src/store/db.ts';
import { freePortSettings } from '../src/stack/ports.ts';
import { createProgress } from '../src/stack/progress.ts';
import { publishFolders } from '../src/cli/publish.ts';
import { startStack } from '../src/stack/supervisor.ts';
import { unlessInterrupted } from './interruption.ts';
import { giveTask } from './tasks.ts';
import { recordSend } from './tokens.ts';

/** `none` is a caller without a key, `manager` a rep who leads a team. */
export const CALLERS = ['none', 'site', 'rep', 'manager', 'marketer', 'operator', 'admin'] as const;
export type CallerName = (typeof CALLERS)[number];

/** The role that a caller's key has. */
export function roleOf(caller: CallerName): string {
  return caller === 'manager' ? 'rep' : caller;
}

export interface HandOff {
  assignmentId: string;
  leadId: string;
  repId: string;
  /** A task of the rep for the lead. */
  taskId: string;
}

export interface Target {
  /** Where the API answers. */
  base: string;
  db: Db;
  tokens: Tokens;
  /** The secret of each role's key; none for `none`. */
  keys: Readonly<Record<CallerName, string | null>>;
  /** Offers to the rep of the rep's key, to a rep of the manager's team, and to one whom neither leads. */
  offers: Readonly<Record<'rep' | 'manager' | 'others', HandOff>>;
  /** A lead that was never handed to anyone. */
  freeLeadId: string;
  /** A change of many leads that reached nobody. */
  runId: string;
  /** An email that was sent to a lead of the others. */
  sendId: string;
  request(method: string, url: string, init?: RequestInit & { caller?: CallerName }): Promise<Response>;
  /** New keys: a fuzzed `DELETE /v1/api-keys/{id}` may have found the old ones. */
  renewKeys(): Promise<void>;
  /** Parts whose process is not the one that was started: something made it end. */
  died(): string[];
  close(): Promise<void>;
}

/** The reps of two teams of the playbook whose keys are used, and who get offers. */
const REP = 'anna-berger';
const MANAGER = 'daniel-ortega';
const OFFERED_TO = { rep: REP, manager: 'grace-whitfield', others: 'luca-moretti' };
const PATIENCE_MS = 60_000;

/** @throws the signal's reason when it is aborted; nothing is left running then */
export async function openTarget(signal: AbortSignal): Promise<Target> {
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
      // It asks far more often than a person, from one address: what it is to find is behind the limits.
      RATE_LIMIT_FORMS: '0',
      RATE_LIMIT_EVENTS: '0',
      RATE_LIMIT_FORMS_OF_KEY: '0',
      RATE_LIMIT_EVENTS_OF_KEY: '0',
      RATE_LIMIT_PAGES: '0',
      RATE_LIMIT_WRONG_KEYS: '0',
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error',
    });
    const stack = await startStack(config, {
      progress: createProgress(process.stderr),
      signal,
      beforeEntries: async (ready) => void (await publishFolders(ready, { author: 'fuzz' })),
    });
    closers.push(() => stack.stop());
    const db = createDb(stack.config.databaseUrl);
    closers.push(() => closeDb(db));
    const base = stack.urls.api;
    const admin = config.adminApiKey;
    // The manager of the playbook is in no team and may see every lead.
    await db.rep.update({ where: { key: MANAGER }, data: { manager: true } });
    const target = await unlessInterrupted(signal, seed(base, admin, db));
    // The processes still write about these leads; no caller does that.
    const heard = until('the first leads’ bells are heard', PATIENCE_MS, async () => (await db.outbox.count()) === 0);
    await unlessInterrupted(signal, heard);
    const pids = new Map(['API', 'Worker'].map((name) => [name, stack.find(name)?.pid]));
    const died = (): string[] => [...pids].filter(([name, pid]) => stack.find(name)?.pid !== pid).map(([name]) => name);
    const sendId = await recordSend(db, target.offers.others.leadId);
    return { base, db, tokens: createTokens(config.secretKeys), sendId, ...target, died, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Seeded = Pick<Target, 'keys' | 'offers' | 'freeLeadId' | 'runId' | 'request' | 'renewKeys'>;

async function seed(base: string, admin: string, db: Db): Promise<Seeded> {
  const keys: Record<CallerName, string | null> = {
    none: null,
    site: null,
    rep: null,
    manager: null,
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
    for (const caller of CALLERS) {
      if (caller === 'none' || caller === 'admin') continue;
      const role = roleOf(caller);
      const body = { name: `fuzz ${caller}`, role, ...(role === 'rep' && { rep: caller === 'rep' ? REP : MANAGER }) };
      keys[caller] = String((await ask('POST', '/v1/api-keys', body))['secret']);
    }
  };
  await renewKeys();

  const submit = async (name: string, more: Record<string, unknown> = {}): Promise<string> => {
    const lead = { email: `${name}@fuzz.example`, firstName: name, source: 'referral', ...more };
    return String((await ask('POST', '/v1/leads', lead))['id']);
  };
  const owners = Object.values(OFFERED_TO);
  for (const owner of [...owners, ...owners]) {
    await submit(`for-${owner}-${Math.random().toString(36).slice(2, 8)}`, {
      enterAt: { stage: 'assigned', owner },
      consent: { text: 'Yes, send me mail', source: 'fuzz' },
    });
  }
  const freeLeadId = await submit('nobodys');
  const offered = await untilOffered(ask, 6);
  const ofNobody = { command: { kind: 'resume' }, when: { source: 'nobody' }, preview: false };
  const { run } = (await ask('POST', '/v1/bulk-runs', ofNobody)) as { run: { id: string } };
  const reps = (await ask('GET', '/v1/reps'))['items'] as { id: string; key: string }[];
  const offerTo = async (key: string): Promise<HandOff> => {
    const offer = offered.find(({ repId }) => repId === reps.find((rep) => rep.key === key)?.id);
    if (offer === undefined) throw new Error(`Nothing was offered to ${key}`);
    return { ...offer, taskId: await giveTask(db, offer) };
  };
  const { rep, manager, others } = OFFERED_TO;
  const offers = { rep: await offerTo(rep), manager: await offerTo(manager), others: await offerTo(others) };
  return { keys, request, renewKeys, freeLeadId, runId: run.id, offers };
}

type Ask = (method: string, url: string, body?: unknown) => Promise<Record<string, unknown>>;
interface Offer {
  id: string;
  rep: { id: string };
  lead: { id: string };
}

async function untilOffered(ask: Ask, count: number): Promise<Omit<HandOff, 'taskId'>[]> {
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
