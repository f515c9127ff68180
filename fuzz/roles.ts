/**
 * Tries every documented operation with every role. A role that is not declared is refused and changes nothing; a declared role gets
 * through. A rep never reaches a lead or assignment of others, a manager never those of another team, and a site key never reads.
 */
import { inspect, isDeepStrictEqual } from 'node:util';
import { isInNurturePool, type Stage } from '../src/domain/stage.ts';
import { hasSaidNo } from '../src/store/consent/mail-word.ts';
import type { Db } from '../src/store/db.ts';
import { changesSince, contents, settled } from './contents.ts';
import { encode, urlOf, type Operation } from './operations.ts';
import type { Outcome } from './report.ts';
import { CALLERS, roleOf, type CallerName, type HandOff, type Target } from './stack.ts';

interface Asked {
  status: number;
  code: string | null;
  text: string;
}

const NOT_OWN = ['FORBIDDEN', 'NOT_YOUR_ASSIGNMENT'];

export async function checkRoles(target: Target, operations: readonly Operation[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const caller of CALLERS) {
    const check = checkFor(target, caller);
    const before = await settled(target.db);
    for (const operation of operations) if (!admits(operation, caller)) await check.refused(operation);
    if (roleOf(caller) === 'rep') {
      await check.ownSeen();
      for (const operation of operations) await check.notOwn(operation);
      for (const url of listsOf(target)) await check.ownOnly(url);
    }
    check.failures.push(...changesSince(before, await contents(target.db)));
    if (roleOf(caller) === 'rep') await check.takesNothing();
    for (const operation of operations) if (admits(operation, caller)) await check.admitted(operation);
    if (caller === 'site') await check.tellsNothing();
    const { failures, requests } = check;
    outcomes.push({ part: 'roles', about: caller, operations: operations.length, requests: requests(), failures });
  }
  return outcomes;
}

function admits({ roles }: Operation, caller: CallerName): boolean {
  return roles.length === 0 || roles.includes(roleOf(caller));
}

function checkFor(target: Target, caller: CallerName) {
  const failures: string[] = [];
  let requests = 0;
  const { offers, freeLeadId } = target;
  const own = caller === 'manager' ? offers.manager : offers.rep;
  const others: readonly HandOff[] = [
    offers.others,
    caller === 'manager' ? offers.rep : offers.manager,
    { ...offers.others, leadId: freeLeadId, repId: '' },
  ];

  async function ask(
    method: string,
    url: string,
    body?: { mediaType: string; example: unknown } | null,
  ): Promise<Asked> {
    requests += 1;
    const init =
      body === null || body === undefined
        ? {}
        : { body: encode(body.mediaType, body.example), headers: { 'content-type': body.mediaType } };
    const response = await target.request(method, url, { ...init, caller });
    const text = await response.text();
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
    const code = isProblem ? String((JSON.parse(text) as { code?: unknown }).code) : null;
    return { status: response.status, code, text };
  }
  const expect = (holds: boolean, what: string, { status, code, text }: Asked): void => {
    if (!holds) failures.push(`${what}: ${status} ${code ?? ''} ${text.slice(0, 200)}`);
  };

  return {
    failures,
    requests: () => requests,
    /** The refusal must come before id and body are checked, so any id and body will do. */
    async refused({ method, path, body }: Operation): Promise<void> {
      const wanted = caller === 'none' ? 'UNAUTHENTICATED' : 'FORBIDDEN';
      for (const url of [urlOf(path, own), urlOf(path, null)]) {
        for (const sent of body === null ? [null] : [body, { ...body, example: 'x' }]) {
          const answer = await ask(method, url, sent);
          expect(answer.code === wanted, `${method} ${url} was not refused with ${wanted}`, answer);
        }
      }
    },
    /** With unknown ids, so that only the role decides. */
    async admitted({ method, path, body }: Operation): Promise<void> {
      const answer = await ask(method, urlOf(path, null), body);
      const refused = answer.code === 'FORBIDDEN' || answer.code === 'UNAUTHENTICATED';
      expect(!refused, `${method} ${path} was refused`, answer);
      expect(answer.status < 500, `${method} ${path} failed`, answer);
    },
    /** A control: without it, leads that a rep does not see would prove nothing. */
    async ownSeen(): Promise<void> {
      for (const url of [`/v1/leads/${own.leadId}`, `/v1/assignments/${own.assignmentId}`]) {
        const answer = await ask('GET', url);
        expect(answer.status === 200, `GET ${url} of their own was not answered`, answer);
      }
    },
    async notOwn(operation: Operation): Promise<void> {
      const { method, path, body } = operation;
      if (!admits(operation, caller) || !/^\/v1\/(?:leads|assignments|tasks)\/\{id\}/.test(path)) return;
      for (const handOff of others) {
        const url = urlOf(path, handOff);
        const answer = await ask(method, url, body);
        expect(NOT_OWN.includes(answer.code ?? ''), `${method} ${url} of another rep was not refused`, answer);
      }
    },
    async ownOnly(url: string): Promise<void> {
      const answer = await ask('GET', url);
      expect(answer.status === 200, `GET ${url} was not answered`, answer);
      const secrets = others.flatMap(({ leadId, assignmentId, taskId }) => [leadId, assignmentId, taskId]);
      expect(!secrets.some((id) => answer.text.includes(id)), `GET ${url} shows what is not theirs`, answer);
    },
    /** Who knows the email of a lead gets no further by submitting it. */
    async takesNothing(): Promise<void> {
      for (const leadId of new Set(others.map((other) => other.leadId))) {
        await target.request('POST', `/v1/leads/${leadId}/unsubscribe`, {
          headers: { 'content-type': 'application/json' },
          body: '{}',
        });
        await settled(target.db);
        const before = await holdingOf(target.db, leadId);
        const form = { email: before.email, firstName: 'Taken', consent: { text: 'Yes', source: 'fuzz' } };
        const entry = { ...form, enterAt: { stage: 'opportunity' } };
        const order = { type: 'order.placed', properties: { value: 900_000, currency: 'EUR' } };
        let answer: Asked | null = null;
        for (const example of [{ ...entry, event: order }, entry, form]) {
          answer = await ask('POST', '/v1/leads', { mediaType: 'application/json', example });
          await settled(target.db);
          const after = await holdingOf(target.db, leadId);
          const isSame = isDeepStrictEqual(after, before);
          expect(isSame, `POST /v1/leads with the email of ${leadId} changed it to ${inspect(after)}`, answer);
        }
        if (answer === null) continue;
        const isTold = answer.text.includes(leadId) || !answer.text.includes('received');
        expect(!isTold, `POST /v1/leads with the email of ${leadId} tells about it`, answer);
      }
    },
    /** A public key must not reveal who is known: a known and an unknown person get the same answer. */
    async tellsNothing(): Promise<void> {
      const known = await target.db.lead.findUniqueOrThrow({
        where: { id: freeLeadId },
        select: { email: true },
      });
      const answers: Asked[] = [];
      for (const email of [known.email, `new-${Date.now()}@fuzz.example`]) {
        answers.push(await ask('POST', '/v1/leads', { mediaType: 'application/json', example: { email } }));
      }
      const [first, second] = answers.map(
        ({ status, text }) => `${status} ${text.replace(/handle-[\w-]{59}/, 'handle')}`,
      );
      for (const answer of answers) expect(first === second, 'POST /v1/leads tells whether a person is known', answer);
    },
  };
}

/**
 * What somebody else's request must not change. A public form may bring a lead of nobody back into the nurture pool, so that is one. Its
 * need then lapses and a new one is opened, which takes nothing from anybody.
 */
async function holdingOf(db: Db, leadId: string) {
  const lead = await db.lead.findUniqueOrThrow({
    where: { id: leadId },
    select: { id: true, email: true, firstName: true, ownerId: true, stage: true },
  });
  const needs = await db.need.findMany({
    where: {
      leadId,
      OR: [{ ownerId: { not: null } }, { outcome: { not: null, notIn: ['lapsed'] } }, { valueMinor: { not: null } }],
    },
    select: { id: true, ownerId: true, funnelStage: true, outcome: true, valueMinor: true },
    orderBy: { id: 'asc' },
  });
  const orders = await db.event.count({ where: { leadId, type: 'order.placed' } });
  const { stage, ...rest } = lead;
  return {
    ...rest,
    stage: isInNurturePool(stage as Stage) ? 'pool' : stage,
    needs,
    orders,
    no: await hasSaidNo(db, lead),
  };
}

/** Lists as a rep may ask for them, with every filter and cursor that could reach further than the bare list. */
function listsOf({ offers, freeLeadId }: Target): string[] {
  const other = offers.others;
  const cursor = (...keys: string[]): string => Buffer.from(JSON.stringify(keys)).toString('base64url');
  const all = cursor('zzzz');
  return [
    '/v1/leads',
    `/v1/leads?owner=${other.repId}`,
    '/v1/leads?owner=none',
    '/v1/leads?stage=assigned',
    `/v1/leads?cursor=${all}`,
    '/v1/assignments',
    `/v1/assignments?rep=${other.repId}`,
    `/v1/assignments?lead=${other.leadId}`,
    `/v1/assignments?lead=${freeLeadId}`,
    '/v1/assignments?team=europe',
    '/v1/assignments?team=americas&status=offered',
    `/v1/assignments?cursor=${all}`,
    '/v1/tasks',
    `/v1/tasks?rep=${other.repId}`,
    `/v1/tasks?lead=${other.leadId}`,
    '/v1/tasks?team=europe&status=open',
    `/v1/tasks?cursor=${all}`,
    '/v1/segments/interested/leads',
    '/v1/segments/wine-growers/leads',
    '/v1/attention',
    '/v1/attention?kind=task-overdue',
    `/v1/attention?cursor=${cursor('2000-01-01T00:00:00.000Z', '')}`,
    '/v1/reps',
    '/v1/cadences',
    '/v1/reasons',
  ];
}
