/**
 * Who may do what with whose lead: leads that were really handed over, won, given back, rerouted and let pass, and every operation
 * on a lead or an assignment. What is refused changes nothing.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { atRest } from '../support/at-rest.ts';
import { lifeOf } from '../workflows/life.ts';
import { CONSENT, openApi, type Bench } from './support.ts';

/** Whose the lead is, as Ada of the north sees it. */
type Whose =
  | 'offered'
  | 'own'
  | 'won'
  | 'asked again'
  | 'given back'
  | 'let go'
  | 'rerouted'
  | 'let pass'
  | "a colleague's"
  | "another team's"
  | "nobody's";

/** Reps by whose it is: Ada, the manager of the north, the manager of the south. Whoever stands above the teams reaches all. */
const LEAD: Readonly<Record<Whose, string>> = {
  offered: 'ada north',
  own: 'ada north',
  won: 'ada north',
  'asked again': 'south',
  'given back': '',
  'let go': 'north',
  rerouted: 'south',
  'let pass': 'north',
  "a colleague's": 'north',
  "another team's": 'south',
  "nobody's": '',
};

/** The same for the lead's first assignment, which is seen for ever; and whether it can still be decided on. */
const ASSIGNMENT: Readonly<Record<Exclude<Whose, "nobody's">, { seenBy: string; isOver: boolean }>> = {
  offered: { seenBy: 'ada north', isOver: false },
  own: { seenBy: 'ada north', isOver: false },
  won: { seenBy: 'ada north', isOver: false },
  'asked again': { seenBy: 'ada north', isOver: true },
  'given back': { seenBy: 'ada north', isOver: true },
  'let go': { seenBy: 'ada north', isOver: true },
  rerouted: { seenBy: 'ada north', isOver: true },
  'let pass': { seenBy: 'ada north', isOver: true },
  "a colleague's": { seenBy: 'north', isOver: false },
  "another team's": { seenBy: 'south', isOver: false },
};

/** S site, R rep, M marketer, O operator, A admin, and what is sent. */
const OPERATIONS: Readonly<Record<string, { roles: string; body?: unknown }>> = {
  'get /v1/leads/:id': { roles: 'RMOA' },
  'get /v1/leads/:id/timeline': { roles: 'RMOA' },
  'get /v1/leads/:id/sends': { roles: 'RMOA' },
  'get /v1/leads/:id/consents': { roles: 'RMOA' },
  'get /v1/leads/:id/export': { roles: 'OA' },
  'get /v1/leads/:id/why': { roles: 'RMOA' },
  'get /v1/leads/:id/routing': { roles: 'RMOA' },
  'post /v1/leads/:id/route': { roles: 'ROA', body: { team: 'south' } },
  'post /v1/leads/:id/enroll': { roles: 'MOA', body: { cadence: 'drip' } },
  'post /v1/leads/:id/pause': { roles: 'RMOA' },
  'post /v1/leads/:id/resume': { roles: 'RMOA' },
  'post /v1/leads/:id/disqualify': { roles: 'ROA', body: { reason: 'competitor' } },
  'post /v1/leads/:id/reopen': { roles: 'ROA', body: { note: 'x' } },
  'post /v1/leads/:id/outcome': { roles: 'ROA', body: { result: 'lost' } },
  'post /v1/leads/:id/unsubscribe': { roles: 'RMOA' },
  'post /v1/leads/:id/fast-forward': { roles: 'OA', body: { duration: 'PT1S' } },
  'post /v1/leads/:id/activities': { roles: 'ROA', body: { kind: 'call' } },
  'get /v1/leads/:id/activities': { roles: 'RMOA' },
  'post /v1/leads/:id/assessments': { roles: 'ROA', body: { grade: 'B' } },
  'get /v1/assignments/:id': { roles: 'RMOA' },
  'post /v1/assignments/:id/accept': { roles: 'ROA' },
  'post /v1/assignments/:id/reject': { roles: 'ROA', body: { reason: 'spam' } },
  'post /v1/assignments/:id/reroute': { roles: 'ROA', body: { team: 'south' } },
};

/** Ways to a lead that do not name it in the path: tried by tests of their own below. */
const OTHER_WAYS = [
  'post /v1/leads',
  'post /v1/leads/lookup',
  'get /v1/leads',
  'get /v1/assignments',
  'get /v1/attention',
  'get /v1/reports',
  'get /v1/reports/:report',
  'get /v1/reports/:report/leads',
  'get /v1/segments/:segment',
  'get /v1/segments/:segment/leads',
  'get /v1/tasks',
  'post /v1/tasks/:id/done',
  'post /v1/tasks/:id/cancel',
];

/**
 * Why the others have no cells: an event is reported by whoever may, of any lead; a link is tried in tracking.test.ts; what concerns
 * many leads at once is for roles that may see all of them (roles.test.ts).
 */
const NOT_BY_WHOSE = [
  // Any lead, and it would be gone for the other cells.
  'delete /v1/leads/:id',
  'post /v1/events',
  'get /o/:token.gif',
  'get /c/:token',
  'get /v/:token',
  'get /u/:token',
  'post /u/:token',
  'get /preferences/:token',
  'post /preferences/:token',
  'get /confirm/:token',
  'post /confirm/:token',
  'get /r/:token',
  'post /r/:token',
  'get /v1/inbound-mails',
  'get /v1/inbound-mails/:id',
  'post /v1/inbound-mails/:id/suppress',
  'post /v1/inbound-mails/:id/unsubscribe',
  'post /v1/inbound-mails/:id/dismiss',
  'post /v1/inbound/:provider',
  'get /v1/sends/:id',
  'post /v1/sends/:id/resend',
  'post /v1/sends/:id/dismiss',
  'get /v1/suppressions',
  'get /v1/suppressions/export',
  'post /v1/suppressions/lookup',
  'post /v1/suppressions/import',
  'post /v1/suppressions',
  'post /v1/suppressions/lift',
  'get /v1/playbook',
  'get /v1/playbook/revisions',
  'get /v1/cadences',
  'get /v1/cadences/:cadence/results',
  'get /v1/reasons',
  'get /v1/reps',
  'patch /v1/reps/:rep',
  'get /v1/report-subscriptions',
  'post /v1/report-subscriptions',
  'delete /v1/report-subscriptions/:id',
  'get /digests/:token',
  'post /digests/:token',
  'get /v1/segments',
  'get /v1/campaigns',
  'put /v1/campaigns/:key',
  'delete /v1/campaigns/:key',
  ...['costs', 'attendance', 'feedback'].map((entries) => `post /v1/campaigns/:key/${entries}`),
  'delete /v1/campaigns/:key/entries/:id',
  'get /v1/sending',
  'post /v1/sending/pause',
  'post /v1/sending/resume',
  'post /v1/sending/receivers/:receiver/lift',
  'post /v1/cadences/:cadence/canary/halt',
  'post /v1/cadences/:cadence/canary/promote',
  'post /v1/cadences/:cadence/pause',
  'post /v1/cadences/:cadence/resume',
  ...['/v1/migrations', '/v1/bulk-runs'].flatMap((runs) => [
    `get ${runs}`,
    `get ${runs}/:id`,
    ...['pause', 'resume', 'cancel'].map((command) => `post ${runs}/:id/${command}`),
  ]),
  'post /v1/bulk-runs',
  'post /v1/broadcasts',
  'get /v1/broadcasts',
  'get /v1/broadcasts/:id',
  ...['preview', 'winner', 'start', 'pause', 'resume', 'cancel'].map((command) => `post /v1/broadcasts/:id/${command}`),
  'get /v1/newsletters',
  'get /v1/newsletters/:key',
  ...['pause', 'resume', 'send-now'].map((command) => `post /v1/newsletters/:key/${command}`),
  'post /v1/api-keys',
  'get /v1/api-keys',
  'delete /v1/api-keys/:id',
  'get /healthz',
  'get /readyz',
  'get /metrics',
];

interface Handed {
  whose: Whose;
  leadId: string;
  email: string;
  /** The first hand-off. */
  assignmentId: string | null;
}

interface Caller {
  name: string;
  role: string;
  key: string;
}

let bench: Bench;
let world: Handed[];
let callers: Caller[];

beforeAll(async () => {
  bench = await openApi({ worker: true });
  world = await Promise.all((Object.keys(LEAD) as Whose[]).map(handedOver));
  for (const key of ['cleo', 'dino']) await bench.db.rep.update({ where: { key }, data: { manager: true } });
  const ofRep = async (rep: string) =>
    String((await bench.post('/v1/api-keys', { name: `of ${rep}`, role: 'rep', rep })).body['secret']);
  callers = [
    { name: 'ada', role: 'R', key: await ofRep('ada') },
    { name: 'north', role: 'R', key: await ofRep('cleo') },
    { name: 'south', role: 'R', key: await ofRep('dino') },
    { name: 'boss', role: 'R', key: bench.keys.boss },
    { name: 'site', role: 'S', key: bench.keys.site },
    { name: 'marketer', role: 'M', key: bench.keys.marketer },
    { name: 'operator', role: 'O', key: bench.keys.operator },
    { name: 'admin', role: 'A', key: bench.keys.admin },
  ];
});
afterAll(() => bench.close());

/** A lead that lived through it. */
async function handedOver(whose: Whose): Promise<Handed> {
  const life = lifeOf(bench.engine);
  const email = `${whose.replaceAll(/\W/g, '-')}@whose.example`;
  const submit = async (owner: string | null) => {
    const enterAt = owner === null ? {} : { enterAt: { stage: 'assigned', owner } };
    const answer = await bench.post('/v1/leads', { email, source: 'drip', consent: CONSENT, ...enterAt });
    return String(answer.body['id']);
  };
  if (whose === "nobody's") {
    const leadId = await submit(null);
    await bench.engine.untilStage(leadId, 'nurturing');
    return { whose, leadId, email, assignmentId: null };
  }
  const leadId = await submit(whose === "a colleague's" ? 'bob' : whose === "another team's" ? 'dino' : 'ada');
  const first = await life.offered(leadId);
  const assignment = `/v1/assignments/${first.id}`;
  const told = async (path: string, body?: unknown) => {
    // A process that has not answered in time is asked again: the same request has the same verdict.
    const headers = { 'idempotency-key': newId('command') };
    const answer = await bench.engine.until(
      () => bench.call('POST', path, { body, key: bench.keys.rep, headers }),
      ({ body: { code } }) => code !== 'COMMAND_PENDING',
    );
    if (answer.status !== 200) throw new Error(`${whose}: ${answer.text}`);
  };
  switch (whose) {
    case 'own':
      await told(`${assignment}/accept`);
      break;
    case 'won':
    case 'asked again':
      await told(`${assignment}/accept`);
      await told(`/v1/leads/${leadId}/outcome`, { result: 'won' });
      if (whose === 'won') break;
      await submit('dino');
      await life.offered(leadId, first);
      break;
    case 'given back':
      await told(`${assignment}/reject`, { reason: 'too-early' });
      break;
    case 'let go':
      await told(`${assignment}/reject`, { reason: 'wrong-region' });
      break;
    case 'rerouted':
      await told(`${assignment}/reroute`, { team: 'south' });
      break;
    case 'let pass':
      await bench.engine.forward(leadId, '5 hours');
      await life.offered(leadId, first);
      break;
    default:
  }
  return { whose, leadId, email, assignmentId: first.id };
}

test('every route has a row here, or is named as tested elsewhere', () => {
  const routes = bench.api.routes.map(({ method, path }) => `${method} ${path}`);
  expect(routes.toSorted()).toEqual([...Object.keys(OPERATIONS), ...OTHER_WAYS, ...NOT_BY_WHOSE].toSorted());
});

const reaches = ({ name, role }: Caller, reps: string): boolean =>
  role !== 'R' || name === 'boss' || reps.split(' ').includes(name);

type Wanted = 'refused' | 'over' | 'admitted';

function wantedOf(caller: Caller, operation: string, { whose }: Handed): Wanted {
  const { roles } = OPERATIONS[operation] ?? { roles: '' };
  if (!roles.includes(caller.role)) return 'refused';
  if (operation.includes('/v1/leads/')) return reaches(caller, LEAD[whose]) ? 'admitted' : 'refused';
  if (whose === "nobody's") throw new Error('It has no assignment');
  const { seenBy, isOver } = ASSIGNMENT[whose];
  if (!reaches(caller, seenBy)) return 'refused';
  if (operation.startsWith('get') || !isOver) return 'admitted';
  // The latest hand-off, let go: who it belongs to now may reroute it.
  if (operation.endsWith('reroute') && whose === 'let go') return reaches(caller, LEAD[whose]) ? 'admitted' : 'refused';
  // Only the clock moved it on: who reaches the lead now meant the lead.
  if (operation.endsWith('reroute') && whose === 'let pass' && reaches(caller, LEAD[whose])) return 'admitted';
  return 'over';
}

/** Calls an operation. One that would be carried out has a header that is looked at right after who may. */
async function callOf(caller: Caller, operation: string, id: string, wanted: Wanted) {
  const [method = '', path = ''] = operation.split(' ');
  const { body } = OPERATIONS[operation] ?? {};
  const headers = wanted === 'admitted' ? { 'idempotency-key': 'not possible' } : {};
  return bench.call(method.toUpperCase(), path.replace(':id', id), { key: caller.key, body, headers });
}

/** What is said of an assignment that is over. In the nurture pool there is nothing to reroute, whatever the process last knew. */
const OVER: Readonly<Record<string, string[]>> = {
  accept: ['ASSIGNMENT_TAKEN'],
  reject: ['ASSIGNMENT_TAKEN'],
  reroute: ['ASSIGNMENT_TAKEN', 'NOT_YOUR_ASSIGNMENT', 'STAGE_FORBIDS'],
};

const CHANGED = ['rep_activities', 'consents', 'audit'] as const;

test('an actor who may not is refused, and changes nothing', async () => {
  // A process may still be working on what was set up.
  await atRest(bench.engine);
  const before = await bench.counts();
  let count = 0;
  let verdicts = 0;
  for (const { caller, operation, handed, id } of combinations()) {
    const wanted = wantedOf(caller, operation, handed);
    if (wanted === 'admitted') continue;
    // Whether only the clock moved the lead on is looked at under its lock: the refusal is a verdict, and kept.
    if (wanted === 'over' && operation.endsWith('reroute')) verdicts += 1;
    const answer = await callOf(caller, operation, id, wanted);
    const said = `${caller.name}: ${operation}, ${handed.whose}: ${answer.status} ${answer.text}`;
    if (wanted === 'refused') expect(answer.status, said).toBe(403);
    else expect(OVER[operation.split('/').at(-1) ?? ''], said).toContain(answer.body.code);
    count += 1;
  }
  expect(count).toBeGreaterThan(500);
  const after = await bench.counts();
  for (const table of CHANGED) expect(after[table], table).toBe(before[table]);
  expect(after['commands']).toBeLessThanOrEqual((before['commands'] ?? 0) + verdicts);
});

test('an actor who may gets through', async () => {
  for (const { caller, operation, handed, id } of combinations()) {
    if (wantedOf(caller, operation, handed) !== 'admitted') continue;
    // Time would pass for the others, too.
    if (operation.endsWith('fast-forward')) continue;
    const answer = await callOf(caller, operation, id, 'admitted');
    const said = `${caller.name}: ${operation}, ${handed.whose}: ${answer.status} ${answer.text}`;
    if (answer.status === 400) expect(answer.body['errors'], said).toMatchObject([{ path: 'Idempotency-Key' }]);
    else expect([200, 201], said).toContain(answer.status);
  }
});

test('an unknown id is unknown to every role that may ask', async () => {
  for (const [operation, { roles }] of Object.entries(OPERATIONS)) {
    for (const caller of callers) {
      const id = operation.includes('/leads/') ? 'lead-0' : 'asg-0';
      const answer = await callOf(caller, operation, `${id}${'0'.repeat(31)}`, 'refused');
      expect(answer.status, `${caller.name}: ${operation}`).toBe(roles.includes(caller.role) ? 404 : 403);
    }
  }
});

test('a list and a lookup show a lead to whom it belongs, an assignment to whom it was offered', async () => {
  for (const caller of callers.filter(({ role }) => role !== 'S')) {
    const idsOf = async (path: string, field: string) =>
      ((await bench.get(path, caller.key)).body.items ?? []).map((item) => item[field]);
    const [leads, handOffs] = [await idsOf('/v1/leads', 'id'), await idsOf('/v1/assignments', 'id')];
    const found = await idsOf('/v1/attention', 'leadId');
    const inSegment = await idsOf('/v1/segments/drip-readers/leads', 'id');
    const { body } = await bench.get('/v1/segments/drip-readers', caller.key);
    expect(body['leads'], caller.name).toBe(inSegment.length);
    for (const { whose, leadId, email, assignmentId } of world) {
      const isTheirs = reaches(caller, LEAD[whose]);
      const said = `${caller.name}: ${whose}`;
      const lookedUp = await bench.post('/v1/leads/lookup', { email }, caller.key);
      expect(lookedUp.body.items?.length, said).toBe(isTheirs ? 1 : 0);
      expect(leads.includes(leadId), said).toBe(isTheirs);
      expect(inSegment.includes(leadId), said).toBe(isTheirs);
      if (!isTheirs) expect(found, said).not.toContain(leadId);
      if (whose !== "nobody's")
        expect(handOffs.includes(assignmentId), said).toBe(reaches(caller, ASSIGNMENT[whose].seenBy));
    }
  }
});

test('who submits a known lead that is not theirs changes nothing that is known, and is told nothing', async () => {
  await bench.db.lead.updateMany({ where: { firstName: null }, data: { firstName: 'Known' } });
  const reps = callers.filter(({ role }) => role === 'R' || role === 'S');
  const strangers = reps.flatMap((caller) =>
    world
      .filter(({ whose }) => caller.role === 'S' || !reaches(caller, LEAD[whose]))
      .map((handed) => ({ caller, handed })),
  );
  expect(strangers.length).toBeGreaterThan(25);
  for (const { caller, handed } of strangers) {
    const enterAt = caller.role === 'S' ? {} : { enterAt: { stage: 'opportunity' } };
    const before = await bench.db.assignment.findMany({ where: { leadId: handed.leadId }, orderBy: { id: 'asc' } });
    const body = { email: handed.email, firstName: 'Overwritten', ...enterAt };
    const answer = await bench.post('/v1/leads', body, caller.key);
    const said = `${caller.name}: ${handed.whose}: ${answer.status} ${answer.text}`;
    expect(answer.body, said).toMatchObject({ outcome: 'received' });
    expect(answer.text, said).not.toContain(handed.leadId);
    const lead = await bench.db.lead.findUniqueOrThrow({ where: { id: handed.leadId } });
    expect(lead.firstName, said).toBe('Known');
    const after = await bench.db.assignment.findMany({ where: { leadId: handed.leadId }, orderBy: { id: 'asc' } });
    expect(
      after.map(({ id, repId, status }) => ({ id, repId, status })),
      said,
    ).toEqual(before.map(({ id, repId, status }) => ({ id, repId, status })));
  }
  const own = world.find(({ whose }) => whose === 'own');
  const theirs = await bench.post('/v1/leads', { email: own?.email, firstName: 'Corrected' }, callers[0]?.key);
  expect(theirs.body).toMatchObject({ id: own?.leadId, outcome: 'updated' });
  expect(await bench.db.lead.findUnique({ where: { id: own?.leadId ?? '' } })).toMatchObject({
    firstName: 'Corrected',
  });
});

/** Who gave a task to whom, and who sees it: whoever has the lead. */
const TASKS = [
  { rep: 'ada', team: 'north', seenBy: 'ada north' },
  { rep: 'bob', team: 'north', seenBy: 'north' },
  { rep: 'dino', team: 'south', seenBy: 'south' },
  { rep: 'ada', team: null, seenBy: 'ada' },
] as const;

test('a task is seen and closed by the rep who got it, by managers of its team and by those above the teams', async () => {
  const leadId = world.find(({ whose }) => whose === "nobody's")?.leadId ?? '';
  const reps = new Map((await bench.db.rep.findMany()).map(({ key, id }) => [key, id]));
  const dueAt = new Date(Date.now() + 60_000);
  async function give(rep: string, team: string | null): Promise<string> {
    const id = newId('task');
    const dates = { dueAt, tellAt: dueAt, occurredAt: dueAt };
    await bench.db.task.create({
      data: { id, key: id, leadId, repId: reps.get(rep) ?? '', team, kind: 'call', body: 'Call', ...dates },
    });
    return id;
  }
  for (const caller of callers) {
    for (const { rep, team, seenBy } of TASKS) {
      const said = `${caller.name}: a task of ${rep}, team ${String(team)}`;
      const isTheirs = reaches(caller, seenBy);
      const [toDo, toCancel] = [await give(rep, team), await give(rep, team)];
      const listed = await bench.get('/v1/tasks?status=open&limit=200', caller.key);
      expect(listed.status, said).toBe(caller.role === 'S' ? 403 : 200);
      const ids = (listed.body.items ?? []).map(({ id }) => id);
      if (caller.role !== 'S') expect(ids.includes(toDo), said).toBe(isTheirs);
      const mayClose = isTheirs && 'ROA'.includes(caller.role);
      for (const path of [`/v1/tasks/${toDo}/done`, `/v1/tasks/${toCancel}/cancel`]) {
        const answer = await bench.post(path, {}, caller.key);
        expect(answer.status, `${said}: ${path} ${answer.text}`).toBe(mayClose ? 200 : 403);
      }
      const open = await bench.db.task.count({ where: { id: { in: [toDo, toCancel] }, status: 'open' } });
      expect(open, said).toBe(mayClose ? 0 : 2);
    }
  }
});

interface Combination {
  caller: Caller;
  operation: string;
  handed: Handed;
  /** Of the lead or the assignment. */
  id: string;
}

function combinations(): Combination[] {
  return callers.flatMap((caller) =>
    Object.keys(OPERATIONS).flatMap((operation) =>
      world.flatMap((handed) => {
        const id = operation.includes('/leads/') ? handed.leadId : handed.assignmentId;
        return id === null ? [] : [{ caller, operation, handed, id }];
      }),
    ),
  );
}
