/** The order of a rep's desk. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digestParts } from '../../src/api/rep-mail-words.ts';
import { deskCard } from '../../src/console/desk-card.ts';
import type { ScoringModel } from '../../src/domain/scoring.ts';
import type { Prisma } from '../../src/store/generated/client.ts';
import { readBrief } from '../../src/store/lists/brief.ts';
import { readDesk } from '../../src/store/lists/desk.ts';
import { readDeskWords } from '../../src/store/lists/desk-words.ts';
import { DAY, HOUR, NOW, openBench, PLAYBOOK, type Bench } from './support.ts';

const scoring: ScoringModel = { ...PLAYBOOK.scoring, valueTiers: [{ tier: 'key' }, { tier: 'regular' }] };

const LEARNED = { goal: 'won', until: '2026-11-01', outcomes: 100, successes: 40, intercept: -1 } as const;

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await bench.db.rep.create({
    data: { id: 'rep', key: 'ada', name: 'Ada', email: 'ada@x.example', teams: ['inside'] },
  });
});
afterAll(() => bench[Symbol.asyncDispose]());

async function owned(
  name: string,
  {
    status = 'accepted',
    dueIn,
    ...lead
  }: Prisma.LeadUncheckedUpdateInput & { status?: 'accepted' | 'offered'; dueIn?: number },
): Promise<void> {
  const { id: leadId } = await bench.lead({ firstName: name });
  const needId = `need-${name}`;
  await bench.db.need.create({ data: { id: needId, leadId, openedAt: new Date(NOW) } });
  await bench.db.lead.update({
    where: { id: leadId },
    data: { stage: status === 'offered' ? 'assigned' : 'accepted', ...lead, needId },
  });
  const dueAt = dueIn === undefined ? null : new Date(NOW + dueIn);
  await bench.db.assignment.create({
    data: {
      id: `a-${name}`,
      leadId,
      needId,
      repId: 'rep',
      team: 'inside',
      rule: 'x',
      status,
      dueAt: status === 'offered' ? dueAt : null,
      nextStepAt: status === 'accepted' ? dueAt : null,
      offeredAt: new Date(NOW),
    },
  });
  if (dueAt !== null && status === 'accepted')
    await bench.db.repActivity.create({
      data: {
        id: `s-${name}`,
        leadId,
        actor: 'rep',
        kind: 'next-step',
        body: name,
        dueAt,
        occurredAt: new Date(NOW - DAY),
      },
    });
}

const desk = async (zone = 'UTC') => {
  const rows = await readDesk(bench.db, 'rep', { scoring, nowMs: NOW, zone });
  return Object.fromEntries(
    [...Map.groupBy(rows, ({ part }) => part)].map(([part, of]) => [part, of.map(({ firstName }) => firstName)]),
  );
};

it('has the readiest first, then the more valuable, then what is due sooner; what comes today apart', async () => {
  await owned('late-and-poor', { fitGrade: 'D', dueIn: -DAY });
  await owned('tonight', { fitGrade: 'A', score: 25, dueIn: 13.5 * HOUR });
  await owned('key-later', { fitGrade: 'A', score: 25, valueTier: 'key', dueIn: 4 * DAY });
  await owned('regular-sooner', { fitGrade: 'A', score: 25, valueTier: 'regular', dueIn: 2 * DAY });
  await owned('regular-later', { fitGrade: 'A', score: 25, valueTier: 'regular', dueIn: 3 * DAY });
  await owned('no-tier', { fitGrade: 'A', score: 25 });
  await owned('key-not-ready', { fitGrade: 'A', score: 11, valueTier: 'key', dueIn: 2 * DAY });
  await owned('asked-for-a-demo', { fitGrade: 'D', lastHighIntentAt: new Date(NOW), status: 'offered', dueIn: HOUR });
  await owned('sooner-but-not-ready', { fitGrade: 'B', status: 'offered', dueIn: -HOUR });
  const open = ['key-later', 'regular-sooner', 'regular-later', 'no-tier', 'key-not-ready'];
  const waits = ['asked-for-a-demo', 'sooner-but-not-ready'];
  expect(await desk()).toEqual({ waits, due: ['tonight', 'late-and-poor'], open });
  // In Berlin that is tomorrow.
  expect(await desk('Europe/Berlin')).toEqual({
    waits,
    due: ['late-and-poor'],
    open: [...open.slice(0, 3), 'tonight', ...open.slice(3)],
  });
});

it('shows a lead that was put off among the others on the day when something of it is due, and apart on other days', async () => {
  const snoozedUntil = new Date(NOW + 7 * DAY);
  const snooze = async (name: string, data: Prisma.AssignmentUncheckedUpdateInput = {}) =>
    bench.db.assignment.update({ where: { id: `a-${name}` }, data: { snoozedUntil, ...data } });
  const given = { fitGrade: 'D', stage: 'accepted' } as const;
  await owned('decide-today', { fitGrade: 'D', status: 'offered', dueIn: HOUR });
  await snooze('decide-today');
  await owned('decide-later', { fitGrade: 'D', status: 'offered', dueIn: 3 * DAY });
  await snooze('decide-later');
  await owned('step-today', { ...given, dueIn: HOUR });
  await snooze('step-today');
  await owned('call-today', given);
  await snooze('call-today', { contactDueAt: new Date(NOW + HOUR) });
  await owned('called', given);
  await snooze('called', { contactDueAt: new Date(NOW + HOUR), firstContactAt: new Date(NOW) });
  await owned('answer-today', { ...given, dueIn: 3 * DAY });
  await snooze('answer-today', { answerDueAt: new Date(NOW + 2 * HOUR) });
  const parts = await desk();
  expect(parts['waits']).toContain('decide-today');
  expect(parts['due']).toEqual(expect.arrayContaining(['step-today', 'call-today', 'answer-today']));
  expect(parts['snoozed']?.toSorted()).toEqual(['called', 'decide-later']);
  const rows = await readDesk(bench.db, 'rep', { scoring, nowMs: NOW, zone: 'UTC' });
  const shownFor = Object.fromEntries(rows.map((row) => [row.firstName, row.shownFor]));
  expect(shownFor).toMatchObject({ called: null, 'answer-today': new Date(NOW + 2 * HOUR), tonight: null });
  await bench.db.assignment.deleteMany({ where: { snoozedUntil } });
});

it('has an answer that nobody answered among what is due, also where the team sets no time for it', async () => {
  const replied = async (name: string, data: Prisma.AssignmentUncheckedUpdateInput = {}) =>
    bench.db.assignment.update({ where: { id: `a-${name}` }, data: { repliedAt: new Date(NOW - HOUR), ...data } });
  await owned('replied', { fitGrade: 'D' });
  await replied('replied');
  await owned('replied-and-put-off', { fitGrade: 'D' });
  await replied('replied-and-put-off', { snoozedUntil: new Date(NOW + 7 * DAY) });
  await owned('in-time', { fitGrade: 'D' });
  await replied('in-time', { answerDueAt: new Date(NOW + 3 * DAY) });
  await owned('replied-before', { fitGrade: 'D', status: 'offered', dueIn: DAY });
  await replied('replied-before');
  const parts = await desk();
  expect(parts['due']).toEqual(expect.arrayContaining(['replied', 'replied-and-put-off']));
  expect(parts['open']).toContain('in-time');
  expect(parts['waits']).toContain('replied-before');
  const rows = await readDesk(bench.db, 'rep', { scoring, nowMs: NOW, zone: 'UTC' });
  expect(rows.find(({ firstName }) => firstName === 'replied')?.repliedAt).toEqual(new Date(NOW - HOUR));
  const given = { zone: 'UTC', locale: 'en-US', scoring, csrf: '', page: '', refused: null, realNowMs: NOW };
  const card = async (name: string): Promise<string> => {
    const row = rows.find(({ firstName }) => firstName === name);
    return row === undefined ? '' : (await deskCard(row, null, given)).toString();
  };
  expect(await card('replied')).toContain('waits for your answer');
  expect(await card('replied')).not.toContain('no next step');
  expect(await card('in-time')).not.toContain('waits for your answer');
  expect(await card('in-time')).toContain('Answer the reply');
  expect(await card('replied-before')).not.toContain('waits for your answer');
  const { parts: list } = digestParts(rows, { zone: 'UTC', nowMs: NOW, base: 'https://x.example' });
  const today = list.find(({ title }) => title === 'Due today')?.lines ?? [];
  expect(today.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^Answer the reply of /));
  await bench.db.assignment.deleteMany({ where: { repliedAt: { not: null } } });
});

it('cuts only after it is in order, and says how many there are', async () => {
  for (let n = 0; n < 201; n += 1) await owned(`poor-${n}`, { fitGrade: 'D', dueIn: 2 * DAY });
  await owned('the-best', { fitGrade: 'A', score: 90, valueTier: 'key' });
  const rows = await readDesk(bench.db, 'rep', { scoring, nowMs: NOW, zone: 'UTC' });
  const open = rows.filter(({ part }) => part === 'open');
  expect(open).toHaveLength(100);
  expect(open[1]?.firstName).toBe('the-best');
  expect(open[0]).toMatchObject({ firstName: 'key-later', ofPart: 207, readiness: 'ready', learned: null });
  const learned = { ...LEARNED, weights: [{ feature: 'grade:A', weight: 2 }] };
  const known = await readDesk(bench.db, 'rep', { scoring: { ...scoring, learned }, nowMs: NOW, zone: 'UTC' });
  expect(known.find(({ firstName }) => firstName === 'the-best')).toMatchObject({ learned: 73.1 });
});

it('has the leads of a first contact, and none whose need is over', async () => {
  await owned('first-contact', { fitGrade: 'A', score: 95, valueTier: 'key', stage: 'qualifying' });
  await owned('sold', { fitGrade: 'A', score: 95, valueTier: 'key', stage: 'customer' });
  const { open = [] } = await desk();
  expect(open).toContain('first-contact');
  expect(open).not.toContain('sold');
});

it('has the tasks that are asked of the rep among the rest, whoever has the lead; and what is due in time when that is asked', async () => {
  await bench.db.assignment.deleteMany({});
  await owned('this-evening', { fitGrade: 'A', score: 25, dueIn: 3 * HOUR });
  const task = async (name: string, dueIn: number, more: { fitGrade: 'A' | 'D'; kind?: string }) => {
    const { fitGrade, kind = 'call' } = more;
    const { id: leadId } = await bench.lead({ firstName: name, phone: `+4930${1_000_000 + dueIn / 1000}` });
    await bench.db.lead.update({ where: { id: leadId }, data: { fitGrade, stage: 'nurturing' } });
    const [at, dueAt] = [new Date(NOW), new Date(NOW + dueIn)];
    const data = {
      id: `t-${name}`,
      key: name,
      leadId,
      repId: 'rep',
      kind,
      body: name,
      dueAt,
      tellAt: at,
      occurredAt: at,
    };
    await bench.db.task.create({ data });
  };
  await task('late-call', -HOUR, { fitGrade: 'D' });
  await task('call-next-week', 9 * DAY, { fitGrade: 'A' });
  await task('planned', HOUR, { fitGrade: 'A', kind: 'next-step' });
  const names = async (due: 'overdue' | 'today' | 'week' | null) =>
    (await readDesk(bench.db, 'rep', { scoring, nowMs: NOW, zone: 'UTC', due })).map(({ part, firstName }) => [
      part,
      firstName,
    ]);
  const today = [
    ['due', 'this-evening'],
    ['due', 'late-call'],
  ];
  expect(await names(null)).toEqual([...today, ['open', 'call-next-week']]);
  expect(await names('overdue')).toEqual([['due', 'late-call']]);
  expect(await names('today')).toEqual(today);
  expect(await names('week')).toEqual(today);
  const [late] = await readDesk(bench.db, 'rep', { scoring, nowMs: NOW, zone: 'UTC', due: 'overdue' });
  expect(late).toMatchObject({
    assignmentId: null,
    isTheirs: false,
    task: { id: 't-late-call', kind: 'call', body: 'late-call' },
  });
});

it('says why a lead comes now in the sentence of the brief, and has the last note that somebody else left', async () => {
  const at = (hours: number): Date => new Date(NOW - hours * HOUR);
  const event = (leadId: string, id: string, type: string, hours: number, more = {}) =>
    bench.db.event.create({
      data: { id: `${leadId}-${id}`, leadId, type, properties: { path: `/${id}` }, occurredAt: at(hours), ...more },
    });
  const events = [{ event: 'demo.requested', description: 'Asked for a demonstration. Ours.', fromSite: false }];
  const playbook = { ...PLAYBOOK, events };
  const make = async (name: string, lead: Prisma.LeadUncheckedUpdateInput): Promise<string> => {
    const { id } = await bench.lead({ firstName: name });
    await bench.db.lead.update({
      where: { id },
      data: { stage: 'assigned', jobTitle: 'Owner', companySize: 120, ...lead },
    });
    return id;
  };
  const asked = await make('asked', { qualifiedBy: 'demo.requested', qualifiedAt: at(3), fitGrade: 'A' });
  await event(asked, 'demo', 'demo.requested', 3);
  await event(asked, 'later', 'page.viewed', 1);
  await event(asked, 'machine', 'email.opened', 0, { machine: true });
  const ready = await make('ready', { qualifiedBy: 'readiness', qualifiedAt: at(5), clockOffsetMs: BigInt(DAY) });
  await event(ready, 'old', 'page.viewed', 9);
  await event(ready, 'new', 'page.viewed', 2);
  const silent = await make('silent', { qualifiedBy: 'readiness', qualifiedAt: at(5), companySize: null });
  const byHand = await make('by-hand', { qualifiedBy: 'referral' });
  const unknown = await make('unknown', { jobTitle: null });
  const past = await make('past', { stage: 'opportunity' });
  const note = (id: string, hours: number, actor: string, more = {}) =>
    bench.db.repActivity.create({
      data: { id, leadId: asked, actor, kind: 'note', body: id, occurredAt: at(hours), ...more },
    });
  await bench.db.user.create({ data: { id: 'usr-boss', email: 'b@x.example', name: 'Mia', role: 'manager' } });
  await note('first', 4, 'usr-boss');
  await note('Is ill', 3, 'usr-boss');
  await note('mine', 2, 'rep');
  await note('no-note', 1, 'usr-boss', { kind: 'call' });
  const ids = [asked, ready, silent, byHand, unknown, past];
  const words = await readDeskWords(bench.db, ids, { repId: 'rep', nowMs: NOW, playbook });
  expect(words.size).toBe(ids.length);
  for (const id of ids.slice(0, -1)) {
    const { clockOffsetMs } = await bench.db.lead.findUniqueOrThrow({ where: { id } });
    const brief = await readBrief(bench.db, id, new Date(NOW + Number(clockOffsetMs)), playbook);
    expect(words.get(id)?.whyNow).toBe(brief.whyNow);
  }
  expect(words.get(asked)).toEqual({
    whyNow: 'Asked for a demonstration: “/demo” 3 hours ago; grade A, “Owner”, 100 to 500 staff',
    note: { body: 'Is ill', by: 'Mia' },
  });
  expect(words.get(past)).toEqual({ whyNow: null, note: null });
  expect((await readDeskWords(bench.db, [], { repId: 'rep', nowMs: NOW, playbook })).size).toBe(0);
});
