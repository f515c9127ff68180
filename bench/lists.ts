/** Pages of a large database through the API: first and deep, with and without filters. */
import type { Bench, Measured, Row } from './bench.ts';
import { openSessionOf } from '../src/store/access/sessions.ts';
import { closeDb, createDb } from '../src/store/db.ts';
import { createCaller, createVisitor, type Answer, type HttpCaller } from './http.ts';
import { collectPlans } from './lists-plans.ts';
import { createDraw, quantile, until } from './measure.ts';
import { type Populated, populate } from './population.ts';

/** Times that each question is asked. */
const SAMPLES = { quick: 8, full: 60 };

const WANTED_MS = 300;
/** A page of the console. */
const PAGE_WANTED_MS = 200;
const PATIENCE_MS = 30_000;

/** Milliseconds of each request, by its query. */
type Times = Map<string, number[]>;

export async function measureLists(bench: Bench): Promise<Measured> {
  const size = await populate(bench);
  const samples = bench.quick ? SAMPLES.quick : SAMPLES.full;
  const callers = await openCallers(bench);
  try {
    const places = await findPlaces(bench, size);
    const plans = await collectPlans(bench);
    // The pool's connections were just closed, and a request may still get one of them.
    await until('the API has new connections', PATIENCE_MS, () =>
      callers.admin.get('/v1/leads').then(
        () => true,
        () => false,
      ),
    );
    const times = await ask(callers, places, samples, bench.say);
    const figures = [...times].map(([what, all]) => ({ what, p50: quantile(all, 0.5), p95: quantile(all, 0.95) }));
    return {
      rows: rowsOf(figures),
      details: { size, figures, plans: await plans.stop() },
    };
  } finally {
    for (const caller of Object.values(callers)) caller.close();
  }
}

type Callers = Record<'admin' | 'rep' | 'manager' | 'desk' | 'board', HttpCaller>;

/** A rep sees their own leads, a manager those of their teams, an admin all. Each list is read by all three. */
async function openCallers({ stack: { config, urls } }: Bench): Promise<Callers> {
  const admin = createCaller(urls.api, config.adminApiKey);
  const as = async (rep: string): Promise<HttpCaller> => {
    const { body } = await admin.post('/v1/api-keys', { name: `bench ${rep}`, role: 'rep', rep });
    return createCaller(urls.api, (JSON.parse(body) as { secret: string }).secret);
  };
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    const signedIn = async (key: string): Promise<HttpCaller> => {
      const { email } = await db.rep.findUniqueOrThrow({ where: { key } });
      return createVisitor(urls.api, (await openSessionOf(db, email, new Date())) ?? '');
    };
    return {
      admin,
      rep: await as('anna-berger'),
      manager: await as('luca-moretti'),
      desk: await signedIn('anna-berger'),
      board: await signedIn('luca-moretti'),
    };
  } finally {
    await closeDb(db);
  }
}

/** The slowest query, and the number of queries that are too slow. The details list each query. */
function rowsOf(figures: readonly { what: string; p95: number }[]): Row[] {
  const slowest = figures.toSorted((a, b) => b.p95 - a.p95);
  const wantedOf = (what: string): number => (what.startsWith('page: ') ? PAGE_WANTED_MS : WANTED_MS);
  const row = (what: string, p95: number, wanted: number): Row => ({
    what,
    engine: p95,
    unit: 'ms',
    want: `< ${wanted} ms`,
  });
  const first = slowest[0];
  return [
    row(
      `lists: slowest p95 of ${figures.length} (${first?.what})`,
      first?.p95 ?? Number.NaN,
      wantedOf(first?.what ?? ''),
    ),
    ...figures
      .filter(({ what }) => PAGES_SHOWN.has(what))
      .map(({ what, p95 }) => row(`lists: ${what}, p95`, p95, PAGE_WANTED_MS)),
    ...slowest
      .filter(({ what, p95 }) => what !== first?.what && !PAGES_SHOWN.has(what) && p95 >= wantedOf(what))
      .map(({ what, p95 }) => row(`lists: ${what}, p95`, p95, wantedOf(what))),
  ];
}

/** Pages that have a row of their own, however fast they are. */
const PAGES_SHOWN: ReadonlySet<string> = new Set([
  'page: desk',
  'page: board',
  'page: attention',
  'page: a lead',
  'page: leads',
]);

interface Places {
  /** Any leads. */
  leadIds: string[];
  /** Leads with the longest feeds. */
  busyIds: string[];
  assignmentIds: string[];
  /** Leads that the rep of the desk has. */
  ownIds: string[];
}

async function findPlaces({ db }: Bench, { leads, seed }: Populated): Promise<Places> {
  const ids = async (sql: string, values: unknown[] = []): Promise<string[]> =>
    (await db.query<{ id: string }>(sql, values)).rows.map(({ id }) => id);
  const draw = createDraw(seed);
  const emails = Array.from({ length: 200 }, () => `list-${1 + draw(leads)}@bench.example`);
  const busy = Array.from(
    { length: 50 },
    () => `list-${100 * (1 + draw(Math.max(1, Math.floor(leads / 100))))}@bench.example`,
  );
  return {
    leadIds: await ids('SELECT id FROM leads WHERE email = ANY($1) ORDER BY md5(id)', [emails]),
    busyIds: await ids('SELECT id FROM leads WHERE email = ANY($1) ORDER BY md5(id)', [busy]),
    assignmentIds: await ids('SELECT id FROM assignments ORDER BY md5(id) LIMIT 200'),
    ownIds: await ids(
      `SELECT l.id FROM leads l JOIN reps r ON r.id = l.owner_id
       WHERE r.key = 'anna-berger' AND l.stage IN ('assigned', 'opportunity') ORDER BY md5(l.id) LIMIT 200`,
    ),
  };
}

/** `ask`: the n-th request for it. */
interface Question {
  what: string;
  ask: (caller: HttpCaller, n: number) => Promise<Answer>;
}

const get = (what: string, path: (n: number) => string): Question => ({
  what,
  ask: (caller, n) => caller.get(path(n)),
});

/** Finds leads by a part of what they are called. Sought is what some lead of every reader has. */
const find = (what: string, sought: (n: number) => string): Question => ({
  what,
  ask: (caller, n) => caller.send('/console/leads/find', { sought: sought(n) }),
});

const any = (ids: readonly string[], n: number): string => ids[n % ids.length] ?? '';

const FILTERS = [
  'stage=nurturing',
  'stage=disqualified',
  'source=ebook',
  'owner=none',
  'owner=anna-berger',
  'grade=A',
  'cadence=steps',
  'held=true',
  'paused=true',
  'stage=opportunity&grade=A&source=partner',
];

/** The queries that every role makes, each within what it may see. */
function questionsOfAll({ leadIds, assignmentIds }: Places): Question[] {
  const deep = (ids: readonly string[], n: number): string =>
    `cursor=${Buffer.from(JSON.stringify([any(ids, n)])).toString('base64url')}`;
  return [
    get('leads', () => '/v1/leads'),
    get('leads, deep', (n) => `/v1/leads?${deep(leadIds, n)}`),
    ...FILTERS.map((filter) => get(`leads?${filter}`, () => `/v1/leads?${filter}`)),
    ...FILTERS.map((filter) => get(`leads?${filter}, deep`, (n) => `/v1/leads?${filter}&${deep(leadIds, n)}`)),
    { what: 'a lead by email', ask: (caller) => caller.post('/v1/leads/lookup', { email: 'list-77@bench.example' }) },
    get('assignments', () => '/v1/assignments'),
    get('assignments, deep', (n) => `/v1/assignments?${deep(assignmentIds, n)}`),
    get('assignments?status=offered', (n) => `/v1/assignments?status=offered&${deep(assignmentIds, n)}`),
    get('assignments?rep', (n) => `/v1/assignments?rep=anna-berger&${deep(assignmentIds, n)}`),
    get('assignments?team&status', (n) => `/v1/assignments?team=europe&status=offered&${deep(assignmentIds, n)}`),
    get('attention', () => '/v1/attention'),
    ...['held', 'send-in-doubt', 'unassigned', 'asked-again'].map((kind) =>
      get(`attention?kind=${kind}`, () => `/v1/attention?kind=${kind}`),
    ),
  ];
}

function questionsOfOneLead({ leadIds, busyIds }: Places): Question[] {
  return [
    get('a lead', (n) => `/v1/leads/${any(leadIds, n)}`),
    get('timeline', (n) => `/v1/leads/${any(leadIds, n)}/timeline`),
    get('timeline, busy lead', (n) => `/v1/leads/${any(busyIds, n)}/timeline`),
    get('timeline, busy lead, oldest first', (n) => `/v1/leads/${any(busyIds, n)}/timeline?order=asc&limit=200`),
    get('why', (n) => `/v1/leads/${any(leadIds, n)}/why`),
    get('why, busy lead', (n) => `/v1/leads/${any(busyIds, n)}/why`),
  ];
}

/** Pages of the console as a rep sees them. */
function questionsOfDesk({ ownIds }: Places): Question[] {
  return [
    get('page: desk', () => '/console'),
    get('page: a lead', (n) => `/console/leads/${any(ownIds, n)}`),
    get('page: leads', () => '/console/leads'),
    find('page: find, many', () => 'compan'),
  ];
}

/** The same as a manager sees them. */
function questionsOfBoard({ ownIds }: Places): Question[] {
  return [
    get('page: board', () => '/console/board'),
    get('page: board, one rep', () => '/console/board?rep=anna-berger'),
    get('page: leads, as a manager', () => '/console/leads'),
    find('page: find, many, as a manager', () => 'compan'),
    find('page: find, by a name, as a manager', (n) => `last ${1 + (n % 9)}`),
    get('page: leads of a stage', () => '/console/leads?stage=opportunity'),
    get('page: attention', () => '/console/attention'),
    get('page: a lead, as a manager', (n) => `/console/leads/${any(ownIds, n)}`),
  ];
}

async function ask(callers: Callers, places: Places, samples: number, say: Bench['say']): Promise<Times> {
  const times: Times = new Map();
  const shared = questionsOfAll(places);
  const asked = [
    ...[...shared, ...questionsOfOneLead(places)].map((question) => ({ ...question, caller: callers.admin })),
    ...questionsOfDesk(places).map((question) => ({ ...question, caller: callers.desk })),
    ...questionsOfBoard(places).map((question) => ({ ...question, caller: callers.board })),
    ...shared.map((question) => ({ ...question, what: `${question.what}, as a rep`, caller: callers.rep })),
    ...shared.map((question) => ({ ...question, what: `${question.what}, as a manager`, caller: callers.manager })),
  ];
  // In rounds, so that a short disturbance of the machine hits all queries alike. The first round is not counted.
  for (let n = -1; n < samples; n += 1) {
    for (const { what, ask, caller } of asked) {
      const { ms } = await ask(caller, Math.max(0, n));
      if (n >= 0) times.set(what, [...(times.get(what) ?? []), ms]);
    }
    if (n % 10 === 0) say(`  ${n} of ${samples} rounds of ${asked.length} questions`);
  }
  return times;
}
