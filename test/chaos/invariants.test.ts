/** Each invariant holds for sound evidence, and is broken by evidence that was spoiled. */
import { LONGEST_EFFECT } from '../../src/domain/budgets.ts';
import { expect, test } from 'vitest';
import { DEFECT } from '../../chaos/change.ts';
import type { Evidence } from '../../chaos/check/evidence.ts';
import { INVARIANTS } from '../../chaos/check/invariants.ts';
import type { Answered } from '../../chaos/record.ts';
import type { Standing } from '../../src/domain/standing.ts';
import { broadcastsGoOn, nobodyLeftOut } from '../../chaos/check/broadcasts.ts';
import { lead, soundEvidence, TOLD } from './evidence.ts';

const HOUR = 3_600_000;

const REROUTED = { id: 'cmd-1', leadId: 'lead-1', kind: 'reroute', ok: true };

/** One form, pressed twice. */
const HANDED_OVER: Answered[] = [1, 2].map((at) => ({
  at,
  email: 'ada',
  act: 'hand-over',
  key: 'form-1',
  status: 200,
  result: '1',
  leadIds: ['lead-1'],
  attempts: 1,
}));

/** Begun a tenth of a second after that time; the rep is chosen after a second. */
function offerAfter(at: Date, { rule }: { rule: string }): Evidence['assignments'][number] {
  const [createdAt, madeAt] = [new Date(at.getTime() + 100), new Date(at.getTime() + 1_000)];
  return {
    id: 'asg-9',
    leadId: 'lead-1',
    needId: 'need-9',
    repId: 'rep-1',
    rule,
    status: 'expired',
    closedAt: null,
    createdAt,
    madeAt,
  };
}

/** The hand-off of sound evidence, as a rep who has the lead. */
const LIVE = { ...offerAfter(new Date('2026-03-02T11:00:00Z'), { rule: 'everyone' }), id: 'asg-0', status: 'accepted' };

/** The sentences of the invariants that do not hold. */
function broken(evidence: Evidence): string[] {
  return INVARIANTS.filter(({ check }) => check(evidence).offenders.length > 0).map(({ holds }) => holds);
}

test('sound evidence breaks no invariant', () => {
  expect(broken(soundEvidence())).toEqual([]);
});

test('two reminders of a lead are not two cadences at once', () => {
  const world = soundEvidence();
  const reminder = { ...first(world.enrollments), kind: 'reminder', status: 'active', stepId: 'one' };
  const enrollments = [...world.enrollments, { ...reminder, id: 'enr-2' }, { ...reminder, id: 'enr-3' }];
  expect(broken({ ...world, enrollments })).toEqual([]);
});

const first = <T>(items: readonly T[]): T => {
  for (const item of items) return item;
  throw new Error('there is none');
};

/** All but the event with this id. */
function without(events: Evidence['events'], id: string): Evidence['events'] {
  return events.filter((event) => event.id !== id);
}

/** The answers to what has this key, other than they were. */
function changed(answers: Evidence['answers'], key: string, more: Partial<Answered>): Evidence['answers'] {
  return answers.map((answer) => (answer.key === key ? { ...answer, ...more } : answer));
}

/** A no that was answered after the mail had been sent, and is in the rows. */
function unsubscribed(world: Evidence, more: Partial<Evidence> = {}): Partial<Evidence> {
  const { answers, consents, mails } = world;
  const at = first(mails).at + 1;
  return {
    answers: [...answers, { ...first(answers), at, act: 'unsubscribe', key: 'unsubscribe', status: 200 }],
    audit: [...world.audit, { leadId: 'lead-1', action: 'lead.unsubscribed', data: {} }],
    suppressions: [{ email: first(mails).to }],
    consents: [...consents, { leadId: 'lead-1', granted: false }],
    ...more,
  };
}

test('a mail that was under way leaves after a no, and one to a rep may; a new yes takes the no back', () => {
  const world = soundEvidence();
  const mail = first(world.mails);
  const sends = [...world.sends, { ...first(world.sends), id: 'send-2', audience: 'rep', recordedAt: world.at }];
  const mails = [
    { ...mail, at: mail.at + 40_000 },
    { ...mail, sendId: 'send-2', to: 'rep@sales.example' },
  ];
  expect(broken({ ...world, ...unsubscribed(world, { sends, mails }) })).toEqual([]);
  const no = unsubscribed(world);
  const answers = [...(no.answers ?? []), { ...first(world.answers), at: mail.at + 2, key: 'again' }];
  const touches = [...world.touches, ...world.touches];
  const { suppressions, consents } = world;
  expect(broken({ ...world, ...no, answers, touches, suppressions, consents })).toEqual([]);
});

/** An entry after the first, that takes so much off. */
function recycled(ledger: Evidence['ledger'], points: number): Evidence['ledger'][number] {
  return { ...first(ledger), id: 2, eventId: null, rule: 'recycle: halve', before: 2, points, after: 2 + points };
}

test('a recycle takes off its share, and points of a late event have faded', () => {
  const world = soundEvidence();
  const leads = [lead({ score: 1 })];
  expect(broken({ ...world, leads, ledger: [...world.ledger, recycled(world.ledger, -1)] })).toEqual([]);
  const scoreAt = new Date(first(world.events).occurredAt.getTime() + world.halfLifeMs);
  const late = { ...first(world.ledger), after: 1, occurredAt: scoreAt };
  expect(broken({ ...world, leads: [lead({ score: 1, scoreAt })], ledger: [late] })).toEqual([]);
});

/** Nobody is in the trial: all are of the rest. */
const TRIED = { trial: { share: 0, forMs: 1_000, by: 'clicks', ifUnclear: 'first' } } as const;

const SPOILT: readonly [string, RegExp, (world: Evidence) => Partial<Evidence>][] = [
  ['a message taken twice', /taken twice/, ({ mails }) => ({ mails: [...mails, ...mails] })],
  [
    'one intent under two ids',
    /taken twice/,
    ({ mails, sends }) => ({
      mails: [...mails, { ...first(mails), sendId: 'send-2' }],
      sends: [...sends, { ...first(sends), id: 'send-2' }],
    }),
  ],
  [
    'a lead that a broadcast left out',
    /a broadcast is for got its message/,
    ({ audience }) => ({ audience: [...audience, { broadcastId: 'bcast-1', leadId: 'lead-2' }] }),
  ],
  [
    'an issue that went out twice',
    /each newsletter has one issue/,
    ({ broadcasts }) => ({ broadcasts: [...broadcasts, { ...first(broadcasts), id: 'bcast-2', isGathered: false }] }),
  ],
  [
    'a lead of the rest of a trial that got another variant than the one that won',
    /each of the rest the one that won/,
    ({ broadcasts, sends }) => ({
      broadcasts: [{ ...first(broadcasts), ...TRIED, winner: 'b' }],
      sends: sends.map((one) => (one.broadcastId === null ? one : { ...one, status: 'sent' })),
    }),
  ],
  [
    'a trial that is done without a winner',
    /each of the rest the one that won/,
    ({ broadcasts, sends }) => ({
      broadcasts: [{ ...first(broadcasts), ...TRIED, winner: null }],
      sends: sends.filter(({ broadcastId }) => broadcastId === null),
    }),
  ],
  [
    'a lead of a hand-over whose rep was told of it twice',
    /by one mail at most/,
    ({ sends, mails }) => ({
      gathered: [{ leadId: 'lead-1', assignmentId: 'asg-2', toldBy: 'assignment:asg-1:brief' }],
      sends: [
        ...sends,
        ...['asg-1', 'asg-2'].map((id) => ({ ...first(sends), id: `of-${id}`, key: `assignment:${id}:brief` })),
      ],
      mails: [...mails, ...['asg-1', 'asg-2'].map((id) => ({ ...first(mails), sendId: `of-${id}` }))],
    }),
  ],
  ['sent, and never taken', /fits what the mail server has/, () => ({ mails: [] })],
  [
    'taken, and no row',
    /fits what the mail server has/,
    ({ mails }) => ({ mails: [...mails, { ...first(mails), sendId: 'other', to: 'x' }] }),
  ],
  ['a webhook that is sent, and was never taken', /sent was taken/, () => ({ hooks: [] })],
  [
    'a webhook that was taken, and is lost',
    /sent was taken/,
    ({ sends }) => ({ sends: sends.filter(({ channel }) => channel !== 'webhook') }),
  ],
  [
    'a repeat under another id',
    /has the id of its lead/,
    ({ hooks }) => ({
      hooks: [...hooks, { ...first(hooks), id: 'msg_other', key: 'msg_other', answer: '500' as const }],
    }),
  ],
  [
    'a repeat that says something else',
    /has the id of its lead/,
    ({ hooks }) => ({ hooks: [...hooks, { ...first(hooks), data: '{"text":"Bye"}' }] }),
  ],
  [
    'a call with another Idempotency-Key',
    /has the id of its lead/,
    ({ hooks }) => ({ hooks: hooks.map((call) => ({ ...call, key: 'other' })) }),
  ],
  [
    'a call without a signature',
    /has the id of its lead/,
    ({ hooks }) => ({ hooks: hooks.map((call) => ({ ...call, isSigned: false })) }),
  ],
  [
    'a hand-off that no program took',
    /another program took/,
    ({ hooks }) => ({
      hooks: hooks.map((call) => (call.handOff === null ? call : { ...call, answer: 'none' as const })),
    }),
  ],
  [
    'a hand-off that a program took, and that is owed on record',
    /another program took/,
    ({ sends }) => ({ sends: sends.filter(({ audience }) => audience !== 'rep') }),
  ],
  [
    'a message about a hand-off with an id of its own',
    /another program took/,
    ({ hooks }) => ({ hooks: [...hooks, { ...TOLD, id: 'msg_other', key: 'msg_other' }] }),
  ],
  [
    'a message about a hand-off without a signature',
    /another program took/,
    ({ hooks }) => ({ hooks: [...hooks, { ...TOLD, isSigned: false }] }),
  ],
  [
    'a message about what did not happen to a hand-off',
    /another program took/,
    ({ audit }) => ({ audit: audit.filter(({ action }) => action !== 'assignment.offered') }),
  ],
  [
    'an alert that is held for good',
    /alert to a rep was told/,
    ({ alerts }) => ({ alerts: alerts.map((alert) => ({ ...alert, mailId: null })) }),
  ],
  ['an alert in a mail that is not there', /alert to a rep was told/, () => ({ managerMails: [] })],
  [
    'an alert with others that has a mail of its own too',
    /alert to a rep was told/,
    ({ sends }) => ({ sends: [...sends, { ...first(sends), key: 'assignment:asg-0:reminder' }] }),
  ],
  [
    'a mail with several alerts that left twice',
    /taken twice/,
    ({ mails }) => ({
      mails: [...mails, ...[0, 1].map(() => ({ ...first(mails), to: 'ada@sales.example', sendId: 'mail-of-alerts' }))],
    }),
  ],
  [
    'an alert that is to be a mail of its own, and is none',
    /alert to a rep was told/,
    ({ alerts }) => ({
      alerts: alerts.map((alert) => ({ ...alert, held: false, mailId: null })),
      assignments: [LIVE],
    }),
  ],
  [
    'a late contact of which its rep was not alerted',
    /alert to a rep was told/,
    ({ audit }) => ({
      audit: [
        ...audit,
        { leadId: 'lead-1', action: 'assignment.late', data: { assignmentId: 'asg-0', what: 'contact' } },
      ],
      assignments: [LIVE],
    }),
  ],
  [
    'skipped, and taken',
    /fits what the mail server has/,
    ({ sends }) => ({ sends: [{ ...first(sends), status: 'skipped', reason: 'paused' }] }),
  ],
  [
    'a claim without an outcome',
    /left claimed/,
    ({ sends }) => ({ sends: [{ ...first(sends), status: 'claimed', recordedAt: new Date(0) }] }),
  ],
  ['an email that is not accounted for', /has its row/, () => ({ sends: [], mails: [] })],
  ['a lost event', /every event/, ({ events }) => ({ events: without(events, 'event-1'), ledger: [] })],
  ['a lost item of a batch', /every event/, ({ events }) => ({ events: without(events, 'event-2') })],
  [
    'an item of a batch without an answer',
    /every event/,
    ({ answers }) => ({ answers: changed(answers, 'event-2', { result: undefined }) }),
  ],
  [
    'an item that was refused for the sake of another',
    /every event/,
    ({ answers, events }) => ({
      answers: changed(answers, 'event-2', { result: 'rejected' }),
      events: without(events, 'event-2'),
    }),
  ],
  [
    'a batch that was refused as a whole',
    /every event/,
    ({ answers }) => ({ answers: changed(answers, 'event-2', { status: 400, result: 'VALIDATION_FAILED' }) }),
  ],
  [
    'an event of nobody that was taken in',
    /every event/,
    ({ events }) => ({ events: [...events, { ...first(events), id: 'event-n' }] }),
  ],
  [
    'an event that was accepted twice',
    /every event/,
    ({ answers }) => ({ answers: [...answers, ...answers.filter(({ key }) => key === 'event-2')] }),
  ],
  ['a lost click', /open and click/, ({ events }) => ({ events: without(events, 'event-4') })],
  ['a lost open', /open and click/, ({ events }) => ({ events: without(events, 'event-3') })],
  [
    'a click that was recorded twice',
    /open and click/,
    ({ events }) => ({ events: [...events, ...events.filter(({ id }) => id === 'event-4')] }),
  ],
  [
    'a look that was recorded',
    /open and click/,
    ({ answers }) => ({ answers: answers.filter(({ act }) => act !== 'open') }),
  ],
  [
    'a click that led elsewhere',
    /open and click/,
    ({ answers }) => ({ answers: changed(answers, '/c/1', { result: 'https://elsewhere.example/' }) }),
  ],
  [
    'a link of a mail that is not valid',
    /open and click/,
    ({ answers }) => ({ answers: changed(answers, '/c/1', { status: 404, result: undefined }) }),
  ],
  [
    'a program that counts as a person',
    /open and click/,
    ({ answers }) => ({ answers: changed(answers, '/c/1', { reader: 'program' }) }),
  ],
  [
    'a person that counts as a program',
    /open and click/,
    ({ events }) => ({ events: events.map((event) => ({ ...event, machine: event.id === 'event-4' })) }),
  ],
  [
    'a click of somebody else',
    /open and click/,
    ({ events }) => ({ events: events.map((event) => ({ ...event, leadId: 'lead-2' })) }),
  ],
  [
    'a request that nobody answered',
    /every request was answered/,
    ({ answers }) => ({ answers: changed(answers, 'event-2', { status: 0, result: undefined }) }),
  ],
  [
    'a request that ended in an outage',
    /every request was answered/,
    ({ answers }) => ({ answers: [...answers, { ...first(answers), act: 'pause', status: 503 }] }),
  ],
  [
    'a request that is still under way',
    /every request was answered/,
    ({ answers }) => ({
      answers: changed(answers, 'first', { status: 409, result: 'IDEMPOTENCY_IN_PROGRESS' }),
    }),
  ],
  ['something that never came to rest', /became quiet/, () => ({ restless: ['2 leads due'] })],
  [
    'a mail to a manager that was sent and never came',
    /what a send row says fits/,
    (world) => ({ ...world, managerMails: [{ id: 'send-m', status: 'sent' }] }),
  ],
  ['a no without its suppression', /unsubscribed is suppressed/, (world) => unsubscribed(world, { suppressions: [] })],
  [
    'a no that is not the last word',
    /unsubscribed is suppressed/,
    (world) => unsubscribed(world, { consents: world.consents }),
  ],
  [
    'a mail that is claimed after a no',
    /unsubscribed is suppressed/,
    (world) => unsubscribed(world, { sends: world.sends.map((send) => ({ ...send, recordedAt: world.at })) }),
  ],
  [
    'a mail that is taken long after a no',
    /unsubscribed is suppressed/,
    (world) => unsubscribed(world, { mails: world.mails.map((mail) => ({ ...mail, at: mail.at + 80_000 })) }),
  ],
  [
    'a submission that was refused',
    /every submission/,
    ({ answers }) => ({
      answers: [...answers, { ...first(answers), key: 'again', status: 422, result: 'IDEMPOTENCY_KEY_REUSED' }],
    }),
  ],
  ['a lost submission', /every submission/, () => ({ touches: [] })],
  ['a submission taken in twice', /every submission/, ({ touches }) => ({ touches: [...touches, ...touches] })],
  [
    'a request nobody looked at',
    /every submission/,
    ({ touches }) => ({ touches: [{ ...first(touches), handledAt: null }] }),
  ],
  [
    'a pause that did not happen',
    /answered as done is done/,
    ({ answers }) => ({ answers: [...answers, { ...first(answers), act: 'pause', status: 200 }] }),
  ],
  [
    'two verdicts on one decision',
    /one verdict/,
    ({ answers }) => ({
      answers: [
        ...answers,
        { ...first(answers), act: 'accept', key: 'k', status: 200 },
        { ...first(answers), act: 'accept', key: 'k', status: 409 },
      ],
    }),
  ],
  ['an internal error', /503/, () => ({ unexpected: ['POST /v1/leads: 500'] })],
  ['a process that ended by itself', /ends by itself/, () => ({ deaths: ['api-1 ended (exit code 1)'] })],
  ['a wrong score', /the events and the ledger/, () => ({ leads: [lead({ score: 3 })] })],
  [
    'an event scored twice',
    /one ledger entry/,
    ({ ledger }) => ({ ledger: [...ledger, { ...first(ledger), before: 2, after: 4 }] }),
  ],
  ['a gap in the ledger', /one ledger entry/, ({ ledger }) => ({ ledger: [{ ...first(ledger), before: 1 }] })],
  [
    'points that the rule does not give',
    /points of its rule/,
    ({ ledger }) => ({ ledger: [{ ...first(ledger), points: 3 }] }),
  ],
  [
    'points of another rule',
    /points of its rule/,
    ({ ledger }) => ({ ledger: [{ ...first(ledger), rule: 'priced' }] }),
  ],
  [
    'points that are added up wrongly',
    /points of its rule/,
    ({ ledger }) => ({ ledger: [{ ...first(ledger), after: 3 }], leads: [lead({ score: 3 })] }),
  ],
  [
    'points of an event of somebody else',
    /points of its rule/,
    ({ ledger }) => ({ ledger: [{ ...first(ledger), leadId: 'lead-2' }] }),
  ],
  [
    'a recycle that takes off too much',
    /points of its rule/,
    ({ ledger }) => ({ ledger: [...ledger, recycled(ledger, -1.5)] }),
  ],
  [
    'two owners',
    /two live assignments/,
    () => ({
      assignments: ['asg-1', 'asg-2'].map((id) => ({
        id,
        leadId: 'lead-1',
        needId: 'need-1',
        repId: `rep-${id}`,
        rule: 'everyone',
        status: 'accepted',
        closedAt: null,
        createdAt: new Date(0),
        madeAt: new Date(0),
      })),
    }),
  ],
  ['a stage without its history', /where its history says/, () => ({ audit: [] })],
  ['held without a reason', /where its history says/, ({ at }) => ({ leads: [lead({ heldAt: at })] })],
  [
    'held for an outage',
    /held but for its template/,
    ({ at }) => ({ leads: [lead({ heldAt: at, heldReason: '57P01: terminated' })] }),
  ],
  [
    'an unheard bell',
    /bell is unheard/,
    () => ({ outbox: [{ id: 'r', leadId: 'lead-1', reason: 'qualified', deliveredAt: null, lastError: null }] }),
  ],
  ['a lead that is overdue', /overdue/, () => ({ leads: [lead({ nextDueAt: new Date('2026-03-02T11:50:00Z') })] })],
  [
    'something scheduled and no process',
    /a process runs for every lead/,
    ({ at }) => ({ leads: [lead({ nextDueAt: at })] }),
  ],
  [
    'a process for nothing',
    /a process runs for every lead/,
    () => ({ processes: new Map([['lead-1', { status: 'RUNNING' as const, standing: undefined, error: 'none' }]]) }),
  ],
  [
    'a process that gives no answer',
    /a process answers/,
    () => ({
      processes: new Map([['lead-1', { status: 'RUNNING' as const, standing: undefined, error: 'no worker' }]]),
    }),
  ],
  [
    'poison that nobody noticed',
    /template throws/,
    ({ plan, needs }) => ({
      plan: { ...plan, lives: [{ email: 'lead-0@chaos.example', source: 'poison', isLate: false, acts: [] }] },
      leads: [lead({ stage: 'nurturing' })],
      needs: [{ ...first(needs), stage: 'nurturing' }],
    }),
  ],
  [
    'a history that does not replay',
    /no workflow task failed/,
    ({ runs }) => ({ runs: [...runs, { ...first(runs), failures: ['NON_DETERMINISTIC_ERROR: no'] }] }),
  ],
  [
    'a defect that nobody was told of',
    /whose workflow task fails is listed/,
    ({ wedged }) => ({ wedged: [{ ...first(wedged), lateMs: 200_000 }] }),
  ],
  [
    'a process that did not go on',
    /whose workflow task fails is listed/,
    ({ runs }) => ({ runs: [...runs, { ...first(runs), failures: [`x: ${DEFECT}`], isStuck: true }] }),
  ],
  [
    'a new run of the old version',
    /after the deploy/,
    ({ runs }) => ({ runs: runs.map((run) => ({ ...run, isChanged: false })) }),
  ],
  [
    'a deploy that met no old run',
    /after the deploy/,
    ({ runs }) => ({ runs: runs.filter(({ isChanged }) => isChanged) }),
  ],
  ['a step that gave no task', /gave a task/, () => ({ tasks: [] })],
  [
    'a task that nobody was told of',
    /gave a task/,
    ({ tasks }) => ({ tasks: tasks.map((task) => ({ ...task, toldBy: null })) }),
  ],
  [
    'an enrollment that a run moved twice',
    /moved once/,
    ({ audit }) => ({ audit: [...audit, ...audit.filter(({ action }) => action === 'enrollment.moved')] }),
  ],
  [
    'an enrollment in another revision than it was moved to',
    /moved once/,
    ({ enrollments }) => ({ enrollments: enrollments.map((one) => ({ ...one, revision: 1 })) }),
  ],
  [
    'a bulk run that stopped',
    /bulk run/,
    ({ bulkRuns }) => ({ bulkRuns: bulkRuns.map((run) => ({ ...run, status: 'paused', error: 'P' })) }),
  ],
  [
    'an offer to a rep who is away',
    /offered nothing/,
    ({ at }) => ({
      answers: [{ at: at.getTime(), email: 'ada', act: 'away', key: 'ada', status: 200, attempts: 1 }],
      assignments: [offerAfter(at, { rule: 'everyone' })],
    }),
  ],
  [
    'a hand-over that moved a lead twice',
    /pressed twice/,
    ({ answers, commands }) => ({
      answers: [...answers, ...HANDED_OVER],
      commands: [...commands, REROUTED, { ...REROUTED, id: 'cmd-2' }],
    }),
  ],
  [
    'a hand-over that moved nothing, and said that it did',
    /pressed twice/,
    ({ answers }) => ({ answers: [...answers, ...HANDED_OVER] }),
  ],
  ['a fault that met nothing', /kind of fault/, () => ({ struck: [{ kind: 'kill', target: 'api-2' }] })],
];

test('who is away may get a lead by a person’s word, and again in turn once they are back', () => {
  const world = soundEvidence();
  const away = { at: world.at.getTime(), email: 'ada', act: 'away', key: 'ada', status: 200, attempts: 1 } as const;
  const back = { ...away, act: 'back', at: away.at + 9_000, askedAt: away.at + 500 } as const;
  const isSeen = (answers: Answered[], rule: string): boolean =>
    broken({ ...world, answers: [...world.answers, ...answers], assignments: [offerAfter(world.at, { rule })] }).some(
      (holds) => holds.includes('offered nothing'),
    );
  expect(isSeen([away], 'rerouted')).toBe(false);
  expect(isSeen([away], 'everyone')).toBe(true);
  // It had begun before the rep was back, waited for the rep, and then read that they are back.
  expect(isSeen([away, back], 'everyone')).toBe(false);
  expect(isSeen([away, { ...back, askedAt: away.at + 1_500 }], 'everyone')).toBe(true);
  expect(isSeen([{ ...away, status: 0 }], 'everyone')).toBe(false);
});

test.each(SPOILT)('%s is seen', (_what, sentence, spoil) => {
  const world = soundEvidence();
  expect(broken({ ...world, ...spoil(world) })).toContainEqual(expect.stringMatching(sentence));
});

test('each invariant is broken by at least one of these cases', () => {
  for (const { holds } of INVARIANTS) expect(SPOILT.some(([, sentence]) => sentence.test(holds))).toBe(true);
});

test('a try without an answer may have been recorded or not; one with an answer has been', () => {
  const world = soundEvidence();
  const holds = (answered: Partial<Answered>, clicks: number): boolean => {
    const click = world.events.filter(({ id }) => id === 'event-4');
    const events = [...without(world.events, 'event-4'), ...Array.from({ length: clicks }, () => click).flat()];
    const answers = world.answers.map((answer) => (answer.act === 'click' ? { ...answer, ...answered } : answer));
    return !broken({ ...world, events, answers }).some((sentence) => sentence.includes('open and click'));
  };
  const unanswered = { status: 0, result: undefined, attempts: 2 };
  expect([0, 1, 2, 3].filter((clicks) => holds(unanswered, clicks))).toEqual([0, 1, 2]);
  expect([0, 1, 2, 3].filter((clicks) => holds({ attempts: 2 }, clicks))).toEqual([1, 2]);
  expect([0, 1, 2, 3].filter((clicks) => holds({}, clicks))).toEqual([1]);
});

test('an open before the outcome of the send is written, or within two seconds after, may count as a machine', () => {
  const world = soundEvidence();
  const isSeen = (sinceSentMs: number, settledMs: number | null, claimedMs = sinceSentMs): boolean => {
    const events = world.events.map((event) => ({ ...event, machine: event.id === 'event-3' }));
    const before = (ms: number): Date => new Date(first(events).occurredAt.getTime() - ms);
    const written = {
      sentAt: before(sinceSentMs),
      claimedAt: before(claimedMs),
      settledAt: settledMs === null ? null : before(settledMs),
    };
    const sends = world.sends.map((send) => ({ ...send, ...written }));
    return broken({ ...world, events, sends }).some((sentence) => sentence.includes('open and click'));
  };
  expect([-1, 0, 1_999, 2_000].map((ms) => isSeen(ms, 60_000))).toEqual([false, false, false, true]);
  expect([20_001, 20_000, 0, -5_000].map((ms) => isSeen(30_000, ms))).toEqual([true, false, false, false]);
  expect([LONGEST_EFFECT - 1, LONGEST_EFFECT].map((ms) => isSeen(ms, null))).toEqual([false, true]);
});

test('a step is judged by what was said of it last', () => {
  const world = soundEvidence();
  const said = (...results: string[]): Evidence['audit'] =>
    results.map((result) => ({
      leadId: 'lead-1',
      action: 'step.performed',
      data: { enrollmentId: 'enr-1', stepId: 'one', kind: 'email', result },
    }));
  const isSeen = (...results: string[]): boolean => {
    const enrollments = world.enrollments.map((one) => ({ ...one, status: 'active', stepId: 'one' }));
    const audit = [...world.audit, ...said(...results)];
    return broken({ ...world, enrollments, audit, sends: [], mails: [] }).some((holds) =>
      holds.endsWith('has its row'),
    );
  };
  // The second attempt puts the send in doubt; the first, once its server answers, releases it: there is no row of it any more.
  expect(isSeen('in_doubt', 'put off by 1 min: 421')).toBe(false);
  expect(isSeen('put off by 1 min: 421', 'in_doubt')).toBe(true);
  // A person lifted the refusal meanwhile.
  expect(isSeen('tried again at once: 550 blocked')).toBe(false);
  expect(isSeen('tried again at once: 550 blocked', 'sent')).toBe(true);
});

test('a process ended by hand is missed when its lead is overdue, not before', () => {
  const world = soundEvidence();
  const processes = new Map([['lead-1', { status: 'TERMINATED' as const, standing: undefined, error: undefined }]]);
  const dueIn = (ms: number) => [lead({ nextDueAt: new Date(world.at.getTime() + ms) })];
  expect(broken({ ...world, processes, leads: dueIn(60_000) })).toEqual([]);
  expect(broken({ ...world, processes, leads: dueIn(-60_000) })).toEqual([]);
  expect(broken({ ...world, processes, leads: dueIn(-120_000) })).toContainEqual(
    expect.stringMatching(/a process runs/),
  );
});

test('a process waits until the instant of the row, or that instant on its own clock when its lead is ahead of it', () => {
  const world = soundEvidence();
  const dueAt = world.at.getTime() + 3 * HOUR;
  const isSeen = (clockOffsetMs: number, processDueMs: number): boolean => {
    const row = lead({ clockOffsetMs, nextDueAt: new Date(dueAt) });
    const next = { kind: 'step', stepId: 'two', dueAtMs: processDueMs, summary: 'Wait' } as const;
    const standing = { stage: row.stage, paused: false, held: false, next } as Standing;
    const processes = new Map([['lead-1', { status: 'RUNNING' as const, standing, error: undefined }]]);
    return broken({ ...world, processes, leads: [row] }).some((holds) => holds.startsWith('a process answers'));
  };
  expect(isSeen(0, dueAt)).toBe(false);
  expect(isSeen(26 * HOUR, dueAt)).toBe(false);
  expect(isSeen(26 * HOUR, dueAt - 26 * HOUR - 400)).toBe(false);
  expect(isSeen(0, dueAt - 26 * HOUR)).toBe(true);
  expect(isSeen(26 * HOUR, dueAt - 20 * HOUR)).toBe(true);
  expect(isSeen(0, dueAt + 1)).toBe(true);
});

test('who a broadcast leaves out or comes to twice is found, and an issue that went out twice', () => {
  const world = soundEvidence();
  const [broadcast] = world.broadcasts;
  const left = { broadcastId: 'bcast-1', leadId: 'lead-1', wave: 0, dueAt: world.at };
  const sends = world.sends.filter(({ broadcastId }) => broadcastId === null);
  const found = (more: Partial<Evidence>): string[] =>
    [nobodyLeftOut, broadcastsGoOn].flatMap(({ check }) => check({ ...world, ...more }).offenders);
  expect(found({})).toEqual([]);
  expect(found({ sends })).toEqual([
    'weekly:now: lead-1 was left out',
    'weekly:now: it is for 1 leads, and has come to or is still to come to 0',
  ]);
  expect(found({ recipients: [left] })).toContain('weekly:now: lead-1 has 2 rows');
  if (broadcast === undefined) throw new Error('there is none');
  const running = { ...broadcast, status: 'running' };
  expect(found({ broadcasts: [running] })).toEqual(['weekly:now: running ']);
  // It waits for a mail server that refused.
  const later = { ...left, dueAt: new Date(world.at.getTime() + 60_000) };
  expect(found({ broadcasts: [running], recipients: [later], sends })).toEqual([]);
  expect(found({ broadcasts: [broadcast, { ...broadcast, id: 'bcast-2', isGathered: false }] })).toEqual([
    'weekly: 2 issues',
  ]);
});
