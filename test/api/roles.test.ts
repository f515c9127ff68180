import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { openApi, type Bench, type Role } from './support.ts';

let bench: Bench;
/** How often a request took the rules. */
let taken = 0;
beforeAll(async () => {
  bench = await openApi({
    change: (deps) => {
      const rules = {
        ...deps.store.rules,
        current: () => {
          taken += 1;
          return deps.store.rules.current();
        },
      };
      return { ...deps, store: { ...deps.store, rules } };
    },
  });
});
afterAll(() => bench.close());

const ROLES: readonly Role[] = ['site', 'rep', 'marketer', 'operator', 'admin'];

/** Who may do what: the table, as a person reads it. S site, R rep, M marketer, O operator, A admin, * without a key. */
const TABLE: Readonly<Record<string, string>> = {
  'post /v1/leads': 'SRMOA',
  'get /v1/leads': 'RMOA',
  'post /v1/leads/lookup': 'RMOA',
  'get /v1/leads/:id': 'RMOA',
  'get /v1/leads/:id/timeline': 'RMOA',
  'get /v1/leads/:id/consents': 'RMOA',
  'get /v1/leads/:id/export': 'OA',
  'delete /v1/leads/:id': 'A',
  'get /v1/leads/:id/why': 'RMOA',
  'get /v1/leads/:id/routing': 'RMOA',
  'post /v1/leads/:id/enroll': 'MOA',
  'post /v1/leads/:id/pause': 'RMOA',
  'post /v1/leads/:id/resume': 'RMOA',
  'post /v1/leads/:id/route': 'ROA',
  'post /v1/leads/:id/disqualify': 'ROA',
  'post /v1/leads/:id/reopen': 'ROA',
  'post /v1/leads/:id/outcome': 'ROA',
  'post /v1/leads/:id/unsubscribe': 'RMOA',
  'post /v1/leads/:id/fast-forward': 'OA',
  'post /v1/leads/:id/activities': 'ROA',
  'get /v1/leads/:id/activities': 'RMOA',
  'post /v1/leads/:id/assessments': 'ROA',
  'post /v1/events': 'SMOA',
  'get /v1/assignments': 'RMOA',
  'get /v1/assignments/:id': 'RMOA',
  'post /v1/assignments/:id/accept': 'ROA',
  'post /v1/assignments/:id/reject': 'ROA',
  'post /v1/assignments/:id/reroute': 'ROA',
  'get /v1/tasks': 'RMOA',
  'post /v1/tasks/:id/done': 'ROA',
  'post /v1/tasks/:id/cancel': 'ROA',
  'get /v1/attention': 'RMOA',
  'get /v1/inbound-mails': 'MOA',
  'get /v1/inbound-mails/:id': 'MOA',
  'post /v1/inbound-mails/:id/suppress': 'MOA',
  'post /v1/inbound-mails/:id/unsubscribe': 'MOA',
  'post /v1/inbound-mails/:id/dismiss': 'MOA',
  'post /v1/inbound/:provider': '*',
  'get /v1/leads/:id/sends': 'RMOA',
  'get /v1/sends/:id': 'MOA',
  'post /v1/sends/:id/resend': 'MOA',
  'post /v1/sends/:id/dismiss': 'MOA',
  'get /v1/suppressions': 'MOA',
  'get /v1/suppressions/export': 'MOA',
  'post /v1/suppressions/lookup': 'MOA',
  'post /v1/suppressions/import': 'MOA',
  'post /v1/suppressions': 'MOA',
  'post /v1/suppressions/lift': 'OA',
  'get /v1/playbook': 'MOA',
  'get /v1/playbook/revisions': 'MOA',
  'get /v1/cadences': 'RMOA',
  'get /v1/reasons': 'RMOA',
  'get /v1/segments': 'RMOA',
  'get /v1/segments/:segment': 'RMOA',
  'get /v1/segments/:segment/leads': 'RMOA',
  'get /v1/campaigns': 'MOA',
  'put /v1/campaigns/:key': 'MOA',
  'delete /v1/campaigns/:key': 'MOA',
  'post /v1/campaigns/:key/costs': 'MOA',
  'post /v1/campaigns/:key/attendance': 'MOA',
  'post /v1/campaigns/:key/feedback': 'MOA',
  'delete /v1/campaigns/:key/entries/:id': 'MOA',
  'get /v1/reports': 'RMOA',
  'get /v1/reports/:report': 'RMOA',
  'get /v1/reports/:report/leads': 'RMOA',
  'get /v1/report-subscriptions': 'RMOA',
  'post /v1/report-subscriptions': 'RMOA',
  'delete /v1/report-subscriptions/:id': 'RMOA',
  'get /digests/:token': '*',
  'post /digests/:token': '*',
  'get /v1/reps': 'RMOA',
  'patch /v1/reps/:rep': 'RA',
  'get /v1/sending': 'RMOA',
  'post /v1/sending/pause': 'MOA',
  'post /v1/sending/resume': 'MOA',
  'post /v1/sending/receivers/:receiver/lift': 'MOA',
  'post /v1/cadences/:cadence/pause': 'MOA',
  'post /v1/cadences/:cadence/resume': 'MOA',
  'get /v1/cadences/:cadence/results': 'RMOA',
  'post /v1/cadences/:cadence/canary/promote': 'MOA',
  'post /v1/cadences/:cadence/canary/halt': 'MOA',
  'get /v1/migrations': 'MOA',
  'get /v1/migrations/:id': 'MOA',
  'post /v1/migrations/:id/pause': 'MOA',
  'post /v1/migrations/:id/resume': 'MOA',
  'post /v1/migrations/:id/cancel': 'MOA',
  'get /v1/bulk-runs': 'MOA',
  'get /v1/bulk-runs/:id': 'MOA',
  'post /v1/bulk-runs/:id/pause': 'MOA',
  'post /v1/bulk-runs/:id/resume': 'MOA',
  'post /v1/bulk-runs/:id/cancel': 'MOA',
  'post /v1/bulk-runs': 'MOA',
  'post /v1/broadcasts': 'MOA',
  'get /v1/broadcasts': 'MOA',
  'get /v1/broadcasts/:id': 'MOA',
  'post /v1/broadcasts/:id/preview': 'MOA',
  'post /v1/broadcasts/:id/winner': 'MOA',
  'post /v1/broadcasts/:id/start': 'MOA',
  'post /v1/broadcasts/:id/pause': 'MOA',
  'post /v1/broadcasts/:id/resume': 'MOA',
  'post /v1/broadcasts/:id/cancel': 'MOA',
  'get /v1/newsletters': 'MOA',
  'get /v1/newsletters/:key': 'MOA',
  'post /v1/newsletters/:key/pause': 'MOA',
  'post /v1/newsletters/:key/resume': 'MOA',
  'post /v1/newsletters/:key/send-now': 'MOA',
  'post /v1/api-keys': 'A',
  'get /v1/api-keys': 'A',
  'delete /v1/api-keys/:id': 'A',
  'get /o/:token.gif': '*',
  'get /c/:token': '*',
  'get /v/:token': '*',
  'get /u/:token': '*',
  'post /u/:token': '*',
  'get /preferences/:token': '*',
  'post /preferences/:token': '*',
  'get /confirm/:token': '*',
  'post /confirm/:token': '*',
  'get /r/:token': '*',
  'post /r/:token': '*',
  'get /healthz': '*',
  'get /readyz': '*',
  'get /metrics': '*',
};

test('the table names every route', () => {
  expect(bench.api.routes.map(({ method, path }) => `${method} ${path}`)).toEqual(Object.keys(TABLE));
});

test('each role gets through where the table says so, and nowhere else', async () => {
  for (const [route, letters] of Object.entries(TABLE)) {
    const [method = '', path = ''] = route.split(' ');
    // Ids that exist nowhere and bodies that are not valid: what is admitted fails later, and does nothing.
    const url = path.replace(/:id|:rep/, 'none').replace(':token', 'none');
    for (const role of ROLES) {
      const answer = await bench.call(method.toUpperCase(), url, {
        key: bench.keys[role],
        ...(method === 'post' && { body: 'x' }),
      });
      const admitted = letters === '*' || letters.toLowerCase().includes(role.charAt(0));
      expect(
        answer.status === 403 && answer.body.code === 'FORBIDDEN',
        `${role} ${route}: ${answer.status} ${answer.text.slice(0, 200)}`,
      ).toBe(!admitted);
      expect(answer.status, `${role} ${route}`).not.toBe(500);
      if (admitted) expect(declaredOf(method, path), `${role} ${route}`).toContain(String(answer.status));
    }
    const anonymous = await bench.call(method.toUpperCase(), url, {
      key: null,
      ...(method === 'post' && { body: 'x' }),
    });
    expect(anonymous.status === 401, route).toBe(letters !== '*');
  }
});

/** The statuses that the document says the route can answer. */
function declaredOf(method: string, path: string): string[] {
  const paths = bench.api.document.paths as Record<string, Record<string, { responses: object }> | undefined>;
  return Object.keys(paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method]?.responses ?? {});
}

describe('a rep', () => {
  async function handOff(rep: string, team: string) {
    const leadId = await bench.lead();
    const need = await bench.db.need.create({
      data: { id: newId('need'), leadId, stage: 'assigned', openedAt: new Date() },
    });
    await bench.db.lead.update({ where: { id: leadId }, data: { needId: need.id, stage: 'assigned' } });
    return { leadId, assignmentId: await handOn(leadId, rep, team) };
  }
  /** Offers the lead's current need to a rep. */
  async function handOn(leadId: string, rep: string, team: string): Promise<string> {
    const { needId } = await bench.db.lead.findUniqueOrThrow({ where: { id: leadId } });
    const repId = bench.reps[rep] ?? '';
    const assignment = await bench.db.assignment.create({
      data: { id: newId('assignment'), leadId, needId: needId ?? '', repId, team, rule: 'test', offeredAt: new Date() },
    });
    return assignment.id;
  }
  const ids = async (path: string, key: string) =>
    ((await bench.get(path, key)).body.items ?? []).map((item) => item['id']);

  test('sees and decides only what is theirs; a manager above the teams sees all', async () => {
    const hers = await handOff('ada', 'north');
    const his = await handOff('dino', 'south');
    expect(await ids('/v1/leads', bench.keys.rep)).toEqual([hers.leadId]);
    expect(await ids('/v1/leads', bench.keys.dino)).toEqual([his.leadId]);
    expect(await ids('/v1/assignments', bench.keys.rep)).toEqual([hers.assignmentId]);
    expect(await ids('/v1/assignments?rep=dino', bench.keys.rep)).toEqual([]);
    expect(await ids('/v1/assignments', bench.keys.boss)).toEqual([his.assignmentId, hers.assignmentId]);
    expect(await ids('/v1/leads', bench.keys.boss)).toEqual(expect.arrayContaining([his.leadId, hers.leadId]));

    for (const path of [
      `/v1/leads/${his.leadId}`,
      `/v1/leads/${his.leadId}/timeline`,
      `/v1/leads/${his.leadId}/why`,
      `/v1/leads/${his.leadId}/activities`,
    ]) {
      expect((await bench.get(path, bench.keys.rep)).body.code).toBe('FORBIDDEN');
      expect((await bench.get(path, bench.keys.dino)).status).toBe(200);
      expect((await bench.get(path, bench.keys.boss)).status).toBe(200);
    }
    for (const command of ['pause', 'resume', 'unsubscribe']) {
      expect((await bench.post(`/v1/leads/${his.leadId}/${command}`, undefined, bench.keys.rep)).body.code).toBe(
        'FORBIDDEN',
      );
    }
    expect((await bench.post(`/v1/leads/${his.leadId}/activities`, { kind: 'call' }, bench.keys.rep)).body.code).toBe(
      'FORBIDDEN',
    );
    expect((await bench.get(`/v1/assignments/${his.assignmentId}`, bench.keys.rep)).body.code).toBe(
      'NOT_YOUR_ASSIGNMENT',
    );
    expect((await bench.post(`/v1/assignments/${his.assignmentId}/accept`, undefined, bench.keys.rep)).body.code).toBe(
      'NOT_YOUR_ASSIGNMENT',
    );
    expect((await bench.get(`/v1/assignments/${hers.assignmentId}`, bench.keys.rep)).body).toMatchObject({
      id: hers.assignmentId,
      brief: { actions: expect.any(Array) },
    });
  });

  test('a rep who let an offer go no longer sees the lead', async () => {
    const { leadId, assignmentId } = await handOff('ada', 'north');
    expect((await bench.get(`/v1/leads/${leadId}`, bench.keys.rep)).status).toBe(200);
    await bench.db.assignment.update({ where: { id: assignmentId }, data: { status: 'expired' } });
    expect((await bench.get(`/v1/leads/${leadId}`, bench.keys.rep)).status).toBe(403);
    const past = await bench.get(`/v1/assignments/${assignmentId}`, bench.keys.rep);
    expect(past).toMatchObject({ status: 200, body: { status: 'expired', brief: null } });
    expect((await bench.get(`/v1/assignments/${assignmentId}`)).body).toMatchObject({ brief: { notes: [] } });
  });

  test('a manager has no part in what left their teams, and sees what it was', async () => {
    await bench.db.rep.update({ where: { key: 'ada' }, data: { manager: true } });
    try {
      const made = await bench.post('/v1/api-keys', { name: 'ada leads a team', role: 'rep', rep: 'ada' });
      const key = String(made.body['secret']);
      const { leadId, assignmentId } = await handOff('bob', 'north');
      expect((await bench.get(`/v1/leads/${leadId}`, key)).status).toBe(200);
      await bench.db.assignment.update({ where: { id: assignmentId }, data: { status: 'rerouted' } });
      // Nobody has it yet: the team's manager decides who gets it.
      expect((await bench.get(`/v1/leads/${leadId}`, key)).status).toBe(200);
      await handOn(leadId, 'dino', 'south');
      expect((await bench.get(`/v1/leads/${leadId}`, key)).status).toBe(403);
      expect((await bench.post(`/v1/leads/${leadId}/pause`, undefined, key)).status).toBe(403);
      expect(await ids(`/v1/assignments?lead=${leadId}`, key)).toEqual([assignmentId]);
    } finally {
      await bench.db.rep.update({ where: { key: 'ada' }, data: { manager: false } });
    }
  });

  test('a rep who has left the playbook is refused everywhere', async () => {
    await bench.db.rep.update({ where: { key: 'cleo' }, data: { active: true } });
    const made = await bench.post('/v1/api-keys', { name: 'cleo', role: 'rep', rep: 'cleo' });
    await bench.db.rep.update({ where: { key: 'cleo' }, data: { active: false } });
    expect((await bench.get('/v1/leads', String(made.body['secret']))).status).toBe(403);
  });
});

test('a rep is switched off by a manager of their team or an admin, on record, until one of them is switched on', async () => {
  await bench.db.rep.update({ where: { key: 'ada' }, data: { manager: true } });
  const secret = async (rep: string) =>
    String((await bench.post('/v1/api-keys', { name: `of ${rep}`, role: 'rep', rep })).body['secret']);
  const [ada, bob] = [await secret('ada'), await secret('bob')];
  const set = (rep: string, active: boolean, key: string) =>
    bench.call('PATCH', `/v1/reps/${rep}`, { key, body: { active } });
  try {
    expect((await bench.get('/v1/leads', bob)).status).toBe(200);
    for (const [rep, key] of [
      ['dino', ada],
      ['ada', bob],
      ['bob', bob],
      ['bob', bench.keys.operator],
      ['bob', bench.keys.marketer],
    ] as const)
      expect(await set(rep, false, key), rep).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect(await set('bob', false, ada)).toMatchObject({ status: 200, body: { key: 'bob', active: false } });
    expect((await bench.get('/v1/leads', bob)).status).toBe(403);
    expect(await set(bench.reps['bob'] ?? '', false, bench.keys.admin)).toMatchObject({ status: 200 });
    expect(await set('bob', true, bench.keys.boss)).toMatchObject({ status: 200, body: { active: true } });
    expect((await bench.get('/v1/leads', bob)).status).toBe(200);
    expect(await set('nobody', true, bench.keys.admin)).toMatchObject({ status: 404 });
    const rows = await bench.db.audit.findMany({ where: { action: { startsWith: 'rep.' } }, orderBy: { id: 'asc' } });
    expect(rows).toMatchObject([
      { action: 'rep.deactivated', actor: bench.reps['ada'], leadId: null, data: { repId: bench.reps['bob'] } },
      { action: 'rep.activated', actor: bench.reps['boss'] },
    ]);
    const last = await set('dino', false, bench.keys.admin);
    expect(last).toMatchObject({ status: 409, body: { detail: expect.stringContaining('Team ‘south’') } });
  } finally {
    await bench.db.rep.update({ where: { key: 'ada' }, data: { manager: false } });
  }
});

test('API keys: made, shown once, listed without secret, revoked at once', async () => {
  const made = await bench.post('/v1/api-keys', { name: 'shop', role: 'operator' });
  expect(made.status).toBe(201);
  const secret = String(made.body['secret']);
  expect((await bench.get('/v1/leads', secret)).status).toBe(200);
  const listed = await bench.get('/v1/api-keys');
  expect(listed.text).not.toContain(secret);
  expect(listed.body.items?.some(({ id }) => id === made.body['id'])).toBe(true);
  expect((await bench.call('DELETE', `/v1/api-keys/${String(made.body['id'])}`)).status).toBe(204);
  expect((await bench.get('/v1/leads', secret)).status).toBe(401);
  expect((await bench.call('DELETE', '/v1/api-keys/key-none')).status).toBe(404);
  expect((await bench.post('/v1/api-keys', { name: 'x', role: 'rep' })).status).toBe(400);
  expect((await bench.post('/v1/api-keys', { name: 'x', role: 'rep', rep: 'nobody' })).status).toBe(400);
  expect((await bench.post('/v1/api-keys', { name: 'x', role: 'site', rep: 'ada' })).status).toBe(400);
  const own = (await bench.get('/v1/api-keys')).body.items?.find(({ role }) => role === 'admin');
  expect((await bench.call('DELETE', `/v1/api-keys/${String(own?.['id'])}`)).body.code).toBe('CONFLICT');
});

test('in production no lead can be forwarded, and metrics need a key', async () => {
  const production = await openApi({
    change: (deps) => ({ ...deps, settings: { ...deps.settings, production: true } }),
  });
  try {
    const id = await production.lead();
    const answer = await production.post(`/v1/leads/${id}/fast-forward`, { duration: 'P1D' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'OFF_IN_PRODUCTION' } });
    expect((await production.get('/metrics', null)).status).toBe(401);
    expect((await production.get('/metrics', production.keys.operator)).status).toBe(200);
  } finally {
    await production.close();
  }
});

test('a request takes the rules once, so that no publication in its midst decides the rest', async () => {
  const leadId = await bench.lead();
  const need = await bench.db.need.create({
    data: { id: newId('need'), leadId, stage: 'assigned', openedAt: new Date() },
  });
  await bench.db.lead.update({ where: { id: leadId }, data: { needId: need.id, stage: 'assigned' } });
  const assignment = { leadId, needId: need.id, repId: bench.reps['ada'] ?? '', team: 'north', rule: 'test' };
  const { id } = await bench.db.assignment.create({
    data: { id: newId('assignment'), ...assignment, offeredAt: new Date() },
  });
  const link = bench.tokens.decision({
    assignmentId: id,
    repId: assignment.repId,
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  const asks: readonly [string, string, unknown?][] = [
    ['GET', '/v1/leads'],
    ['GET', `/v1/leads/${leadId}`],
    ['GET', `/v1/leads/${leadId}/timeline`],
    ['GET', `/v1/leads/${leadId}/why`],
    ['GET', '/v1/assignments'],
    ['GET', `/v1/assignments/${id}`],
    ['POST', `/v1/assignments/${id}/reject`, { reason: 'no-such-reason' }],
    ['POST', `/v1/assignments/${id}/reroute`, { team: 'no-such-team' }],
    ['POST', '/v1/leads', { email: 'once@firm.example', source: 'ebook' }],
    ['GET', `/r/${link}`],
    ['POST', `/r/${link}`, {}],
  ];
  for (const [method, path, body] of asks) {
    taken = 0;
    const answer = await bench.call(method, path, body === undefined ? {} : { body });
    expect([path, taken, answer.status < 500]).toEqual([path, 1, true]);
  }
});
