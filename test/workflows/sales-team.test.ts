/** A sales team over days, in virtual time: who gets how many, closed weekends, recycles to the limit, and rules that change in between. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DateTime } from 'luxon';
import pLimit from 'p-limit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRepMailWatch } from '../../src/api/rep-mail-watch.ts';
import { publishCommand } from '../../src/cli/publish.ts';
import type { Verdict } from '../../src/domain/commands.ts';
import type { Publication } from '../../src/store/rules/publish-revision.ts';
import { claimAlerts } from '../../src/store/sales/rep-mails.ts';
import type { LeadSubmission } from '../../src/store/capture/submit-lead.ts';
import { changeRep, type RepPatch } from '../../src/store/sales/change-rep.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER, repActor } from './life.ts';

const DAY_MS = 86_400_000;
/** Leads that qualify at once. */
const CROWD = 1_000;
/** The 500 leads that are in play while the rules change: offered or accepted, still in a cadence, and on their way into sales. */
const IN_PLAY = { settled: 150, late: 150, underWay: 200 };
/** So many of each rep's are let pass then. */
const LET_PASS = 5;
/** Long enough for a machine under load. */
const PATIENCE_MS = 600_000;
const TEST_MS = 900_000;
/** Requests at a time, as fast as they are answered. */
const atOnce = pLimit(24);

/** The next Friday that lies ahead, 17:55 in Berlin. */
const friday = DateTime.now()
  .setZone('Europe/Berlin')
  .plus({ days: 2 })
  .startOf('week')
  .plus({ weeks: 1, days: 4, hours: 17, minutes: 55 });
const monday = friday.plus({ days: 3 });

const OPEN =
  '{ accept: 4 hours, remindAfter: 2 hours }\n    workingHours: { days: mon-sun, from: "00:00", to: "24:00" }\n    timeZone: UTC';
const ROUTING = `
rules:
  - { rule: crowd, when: { country: DE }, team: crowd }
  - { rule: days, when: { country: FR }, team: days }
  - { rule: office, when: { country: AT }, team: office }
  - { rule: alone, when: { country: NO }, team: alone }
  - { rule: paced, when: { country: DK }, team: paced }
  - { rule: the-rest, team: rest }
teams:
  crowd:
    name: Crowd
    reps: [one, two, three, full]
    sla: ${OPEN}
  days:
    name: Days
    reps: [ada, bob, cleo]
    sla: ${OPEN}
  office:
    name: Office
    reps: [olga, otto]
    sla: { accept: 30 minutes, remindAfter: 10 minutes }
    workingHours: { days: mon-fri, from: "09:00", to: "18:00" }
    timeZone: Europe/Berlin
    calendar: office
  rest:
    name: Rest
    reps: [rita, rolf]
    sla: ${OPEN}
  alone:
    name: Alone
    reps: [gus]
    sla: ${OPEN}
  paced:
    name: Paced
    reps: [piet]
    sla: ${OPEN}
alerts: { perHour: 3 }
reps:
${['one', 'two', 'three', 'full', 'ada', 'bob', 'cleo', 'olga', 'otto', 'rita', 'rolf', 'gus', 'piet'].map((rep) => `  ${rep}: { name: ${rep}, email: ${rep}@sales.example }`).join('\n')}
  boss: { name: Boss, email: boss@sales.example, manager: true }
`;
const REASONS = `
too-early: { label: Too early, follow: recycle, cadence: calm, coolOff: 5 days, score: keep, limit: 3 }
wrong-region: { label: Not my region, follow: reroute }
`;
/** One step that is far away: a lead in it can be forwarded by days and gets no mail. */
const CALM = `
name: Calm
enroll: { when: { source: calm } }
reentry: always
steps:
  - wait: 300 days
  - { id: hello, email: plain }
`;

let folder: string;
let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nurture-sales-team-'));
  await cp(path.join(import.meta.dirname, '../fixtures/playbook'), folder, { recursive: true });
  await writeFile(path.join(folder, 'routing.yaml'), ROUTING);
  await writeFile(path.join(folder, 'reasons.yaml'), REASONS);
  await writeFile(path.join(folder, 'calendars.yaml'), `none: []\noffice: [${monday.toISODate()}]\n`);
  await writeFile(path.join(folder, 'cadences', 'calm.yaml'), CALM);
  // The turns of the worker wait for their team, each with a connection; whoever asks meanwhile needs others.
  engine = await startEngine({ playbookDir: folder, connections: 48 });
  life = lifeOf(engine);
});
afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true, force: true });
});

function change(rep: string, patch: RepPatch): Promise<string> {
  return changeRep(engine.db, { rep, patch, actor: 'system', at: new Date(), denial: () => null });
}

let serial = 0;
const calm = (country: string, submission: Partial<LeadSubmission> = {}): Promise<string> =>
  atOnce(() => engine.submit({ email: `lead@calm-${(serial += 1)}.example`, source: 'calm', country, ...submission }));

type Offer = Awaited<ReturnType<typeof offersOfLeads>>[number];

/** Their offers, once so many of the leads have one. */
async function offersOfLeads(leadIds: readonly string[], count = 0) {
  const where = { leadId: { in: [...leadIds] } };
  await engine.until(
    () => engine.db.assignment.groupBy({ by: ['leadId'], where }),
    (found) => found.length >= count,
    PATIENCE_MS,
  );
  return engine.db.assignment.findMany({ where, orderBy: { id: 'asc' }, include: { rep: true } });
}

function accept({ leadId, repId, id: assignmentId }: Offer): Promise<Verdict> {
  return life.tell(leadId, repActor(repId), { kind: 'accept', assignmentId });
}

/** Publishes a rule and a team for leads of Switzerland, and takes Rita out of the team that they had. Returns the revision in force. */
async function publishSwiss(): Promise<number> {
  const file = path.join(folder, 'routing.yaml');
  const before = await readFile(file, 'utf8');
  const after = before
    .replace(
      '{ rule: the-rest, team: rest }',
      '{ rule: swiss, when: { country: CH }, team: swiss }\n  - { rule: the-rest, team: rest }',
    )
    .replace('  rest:\n', `  swiss:\n    name: Swiss\n    reps: [sara]\n    sla: ${OPEN}\n  rest:\n`)
    .replace('reps: [rita, rolf]', 'reps: [rolf]')
    .replace('  boss:', '  sara: { name: sara, email: sara@sales.example }\n  boss:');
  await writeFile(file, after);
  const { data } = await publishCommand(engine.config, { author: 'Helen' });
  const { revision } = data as Publication;
  await expect.poll(() => engine.store.rules.current().revision).toBe(revision);
  return revision;
}

/** Offers of a team by rep, once there are so many. */
async function offersOf(team: string, count: number): Promise<Record<string, number>> {
  await engine.until(
    () => engine.db.assignment.count({ where: { team } }),
    (found) => found >= count,
    PATIENCE_MS,
  );
  const offers = await engine.db.assignment.findMany({ where: { team }, include: { rep: true } });
  const byRep = Map.groupBy(offers, ({ rep }) => rep.key);
  return Object.fromEntries([...byRep].map(([rep, its]) => [rep, its.length]));
}

test(
  'a thousand leads that qualify at once are spread exactly by weight and capacity',
  async () => {
    await change('two', { weight: 2 });
    await change('three', { weight: 3 });
    await change('full', { weight: 4, maxOpen: CROWD / 10 });
    const leads = await Promise.all(Array.from({ length: CROWD }, () => calm('DE')));
    await Promise.all(leads.map((leadId) => atOnce(() => life.demo(leadId))));
    const share = (CROWD * 9) / 10 / 6;
    const fair = { one: share, two: 2 * share, three: 3 * share, full: CROWD / 10 };
    expect(await offersOf('crowd', CROWD)).toEqual(fair);
    const perLead = await engine.db.assignment.groupBy({ by: ['leadId'], where: { team: 'crowd' }, _count: true });
    expect(perLead).toHaveLength(CROWD);
  },
  TEST_MS,
);

test(
  'over ten days, who was away for three gets the usual share afterwards and no burst',
  async () => {
    const begin = Date.now();
    await change('ada', {
      away: { from: new Date(begin + 3.5 * DAY_MS), until: new Date(begin + 6.5 * DAY_MS), deputy: null },
    });
    const shares: Record<string, number>[] = [];
    for (let day = 0; day < 10; day += 1) {
      const leads = await Promise.all(Array.from({ length: 6 }, () => calm('FR')));
      await Promise.all(
        leads.map((leadId) =>
          atOnce(async () => {
            await engine.until(
              () => life.enrollment(leadId),
              (one) => one !== null,
            );
            if (day > 0) await engine.forward(leadId, `${day} days`);
            await life.demo(leadId);
          }),
        ),
      );
      shares.push(await offersOf('days', (day + 1) * 6));
    }
    const got = (day: number, rep: string): number => shares[day]?.[rep] ?? 0;
    expect([3, 6, 7, 9].map((day) => got(day, 'ada'))).toEqual([8, 8, 10, 14]);
    expect(shares[9]).toEqual({ ada: 14, bob: 23, cleo: 23 });
    await change('ada', { away: null });
  },
  TEST_MS,
);

test('on Friday at 17:55, thirty working minutes end on Tuesday at 09:25, Monday being a holiday; then it is the next rep’s turn', async () => {
  const leadId = await calm('AT');
  await engine.until(
    () => life.enrollment(leadId),
    (one) => one !== null,
  );
  await engine.forward(leadId, `${(friday.toMillis() - Date.now()) / 60_000} minutes`);
  await life.demo(leadId);
  const first = await life.offered(leadId);
  await engine.until(
    async () => (await life.assignments(leadId))[0]?.dueAt ?? null,
    (dueAt) => dueAt !== null,
  );
  const [offer] = await life.assignments(leadId);
  const shown = (at: Date | null | undefined): string | null =>
    at === null || at === undefined ? null : DateTime.fromJSDate(at, { zone: 'Europe/Berlin' }).toFormat('ccc HH:mm');
  expect(shown(offer?.offeredAt)).toMatch(/^Fri 17:5[56]$/);
  const late = (offer?.offeredAt.getTime() ?? 0) - friday.toMillis();
  const due = monday.plus({ days: 1 }).set({ hour: 9, minute: 25 }).toMillis();
  // Whole working minutes: a minute that has begun counts for the rep.
  expect(Math.abs((offer?.dueAt?.getTime() ?? 0) - due - late)).toBeLessThanOrEqual(60_000);
  expect(shown(offer?.remindAt)).toMatch(/^Tue 09:0[56]$/);
  // To shortly before 09:00 on Tuesday; in the zone, as the clocks may change on the weekend.
  const tuesday = monday.plus({ days: 1 }).set({ hour: 8, minute: 55 });
  await engine.forward(leadId, `${(tuesday.toMillis() - friday.toMillis()) / 60_000} minutes`);
  expect((await life.assignments(leadId)).map(({ status }) => status)).toEqual(['offered']);
  // Not to the minute of the second reminder, 09:35: what is done then might end after the fast-forward.
  await engine.forward(leadId, '35 minutes');
  const second = await life.offered(leadId, first);
  expect(second.repId).not.toBe(first.repId);
  expect(shown(second.offeredAt)).toMatch(/^Tue 09:2/);
});

test('the offers of an hour are counted on the clock of the lead: an hour later there is room, and what is offered then uses up nothing of now', async () => {
  const paced = (email: string) => life.ready({ email, country: 'DK' });
  await change('piet', { maxPerHour: 1 });
  const { assignment: first } = await paced('first@paced-1.example');
  const second = await engine.submit({
    email: 'second@paced-2.example',
    source: 'drip',
    country: 'DK',
    event: { type: 'demo.requested' },
  });
  await engine.until(
    () => engine.db.need.findFirst({ where: { leadId: second } }),
    (need) => need?.waitingTeam === 'paced',
  );
  await engine.forward(second, '75 minutes');
  const later = (await life.offered(second)).offeredAt.getTime() - first.offeredAt.getTime();
  expect(later).toBeGreaterThanOrEqual(60 * 60_000);
  await change('piet', { maxPerHour: 2 });
  const { assignment: third } = await paced('third@paced-3.example');
  expect(third.offeredAt.getTime() - first.offeredAt.getTime()).toBeLessThan(later);
});

test('a lead that is sent back three times qualifies each time by new engagement alone, and is dormant by the limit', async () => {
  const leadId = await calm('CH');
  const clicks = (count: number) =>
    engine.record(...Array.from({ length: count }, () => ({ leadId, type: 'email.clicked' })));
  await clicks(6);
  let offer = await life.offered(leadId);
  for (const turn of [1, 2, 3, 4]) {
    const reject = { kind: 'reject', assignmentId: offer.id, reason: 'too-early' } as const;
    expect(await life.tell(leadId, repActor(offer.repId), reject)).toMatchObject({ ok: true });
    if (turn > 3) break;
    await engine.untilStage(leadId, 'nurturing');
    expect(await life.need(leadId)).toMatchObject({ recycleCount: turn });
    // The score is as high as before and the cool-off ends: neither qualifies it.
    await engine.forward(leadId, '6 days');
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'nurturing', armed: true });
    await clicks(turn === 1 ? 1 : 6);
    const next = await life.offered(leadId, offer);
    // Too early: it comes back to the rep who knows it.
    expect(next.repId).toBe(offer.repId);
    offer = next;
  }
  await engine.untilStage(leadId, 'dormant');
  expect(await life.assignments(leadId)).toHaveLength(4);
  expect(await life.enrollment(leadId)).toBe(null);
}, 60_000);

/** One look at what is mailed to reps, at this time; how many mails left. */
async function mailReps(atMs: number): Promise<number> {
  const { transport, from, publicUrl } = engine.deps.mail;
  const { rules } = engine.store;
  const mail = { transport, from, publicUrl };
  const watch = createRepMailWatch({ db: engine.db, rules, log: engine.deps.log, mail, realNow: () => atMs });
  const left = await watch.runNow();
  await watch.close();
  return left;
}
const toGus = (about: RegExp) => engine.sink.to('gus@sales.example').filter(({ subject }) => about.test(subject));

test('alerts beyond three an hour are told of in one mail, and briefs are never held back', async () => {
  const HOUR_MS = 3_600_000;
  const leads: { leadId: string; assignmentId: string }[] = [];
  for (const firstName of ['Una', 'Duo', 'Tria', 'Quatra', 'Quinta', 'Sexta']) {
    const { leadId, assignment } = await life.ready({ email: `l@${firstName}.example`, firstName, country: 'NO' });
    leads.push({ leadId, assignmentId: assignment.id });
    await life.untilMailed({ email: 'gus@sales.example' }, firstName, 1);
  }
  for (const { leadId, assignmentId } of leads) {
    await engine.forward(leadId, '130 minutes');
    await engine.until(
      () => engine.db.repAlert.findFirst({ where: { assignmentId } }),
      (alert) => alert !== null,
    );
  }
  const held = await engine.db.repAlert.findMany({ where: { held: true }, orderBy: { key: 'asc' } });
  expect(held).toHaveLength(3);
  const [decided, ...others] = held;
  const accept = { kind: 'accept', assignmentId: decided?.assignmentId ?? '' } as const;
  const gus = repActor(decided?.repId ?? '');
  expect(await life.tell(decided?.leadId ?? '', gus, accept)).toMatchObject({ ok: true });
  expect(await mailReps(Date.now())).toBe(0);
  expect(await mailReps(Date.now() + HOUR_MS / 2)).toBe(1);
  expect(await mailReps(Date.now() + HOUR_MS)).toBe(0);
  const [mail, ...more] = toGus(/news of your leads/);
  expect(more).toEqual([]);
  expect(mail?.subject).toBe('2 news of your leads');
  expect(mail?.text).toContain('Waiting for your decision');
  for (const { leadId } of others) expect(mail?.text).toContain(`/console/leads/${leadId}`);
  expect(mail?.text).not.toContain(decided?.leadId);
  expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
  // A process that died after it wrote the row of a mail: what it told of is in doubt, and not told again.
  await engine.db.repAlert.updateMany({ where: { mailId: { not: null } }, data: { mailId: null } });
  expect((await claimAlerts(engine.db, gus.kind === 'rep' ? gus.repId : '', Date.now()))?.alerts).toHaveLength(2);
  expect(await mailReps(Date.now() + HOUR_MS)).toBe(0);
  const [row] = await engine.db.repMail.findMany({ orderBy: { id: 'desc' }, take: 1 });
  expect(row).toMatchObject({ status: 'in_doubt', day: null });
}, 60_000);

test('who wants it gets the list of the day once, on a morning on which they work', async () => {
  const morning = DateTime.utc().plus({ days: 2 }).startOf('day').plus({ minutes: 5 }).toMillis();
  const { leadId } = await life.ready({ email: 'list@of-the-day.example', firstName: 'Lista', country: 'NO' });
  expect(await mailReps(morning)).toBe(0);
  await change('gus', { dailyDigest: true });
  // The morning of today is over.
  expect(await mailReps(Date.now())).toBe(0);
  expect(await mailReps(morning)).toBe(1);
  expect(await mailReps(morning + 60_000)).toBe(0);
  const [mail] = toGus(/^Your day/);
  expect(mail?.text).toContain(`/console/leads/${leadId}`);
  expect(mail?.text).toContain('Lista: Decide');
  await change('gus', { away: { from: new Date(), until: new Date(morning + 1.5 * DAY_MS), deputy: null } });
  expect(await mailReps(morning + DAY_MS)).toBe(0);
  expect(await mailReps(morning + 2 * DAY_MS)).toBe(1);
  await change('gus', { dailyDigest: false, away: null });
  expect(await mailReps(morning + 3 * DAY_MS)).toBe(0);
});

test('two reps and a manager at once: one decision counts, the others are told whose the lead is', async () => {
  const { leadId, assignment } = await life.ready({ email: 'three@at-once.example', country: 'CH' });
  const other = await engine.db.rep.findFirstOrThrow({
    where: { id: { not: assignment.repId }, key: { in: ['rita', 'rolf'] } },
  });
  const { id: assignmentId } = assignment;
  const verdicts = await Promise.all([
    life.tell(leadId, repActor(assignment.repId), { kind: 'accept', assignmentId }),
    life.tell(leadId, repActor(other.id), { kind: 'accept', assignmentId }),
    life.tell(leadId, MANAGER, { kind: 'reroute', assignmentId, repId: other.id }),
  ]);
  const [own, foreign] = verdicts;
  expect(foreign).toMatchObject({
    ok: false,
    code: expect.stringMatching(/^(NOT_YOUR_ASSIGNMENT|ASSIGNMENT_TAKEN)$/) as string,
  });
  const done = await life.assignments(leadId);
  const live = done.filter(({ status }) => status === 'offered' || status === 'accepted');
  expect(live).toHaveLength(1);
  // Whoever came first: what the rep accepted is theirs until the manager moves it, and what was moved cannot be accepted.
  if (own?.ok === false) expect(own).toMatchObject({ code: 'ASSIGNMENT_TAKEN' });
  expect((await engine.lead(leadId)).ownerId).toBe(live[0]?.repId);
});

test(
  'rules published while 500 leads are in play: who has a lead keeps it, nobody is lost, and what comes next goes by the new rules',
  async () => {
    const many = (count: number, submission?: Partial<LeadSubmission>): Promise<string[]> =>
      Promise.all(Array.from({ length: count }, () => calm('CH', submission)));
    const asks = { event: { type: 'demo.requested' } };
    const settled = await many(IN_PLAY.settled, asks);
    await offersOfLeads(settled, settled.length);
    const taken = settled.slice(0, IN_PLAY.settled / 3);
    await Promise.all((await offersOfLeads(taken)).map((offer) => atOnce(() => accept(offer))));
    const late = await many(IN_PLAY.late);
    const underWay = await many(IN_PLAY.underWay, asks);
    const revision = await publishSwiss();
    await Promise.all(late.map((leadId) => atOnce(() => life.demo(leadId))));
    const leads = [...settled, ...late, ...underWay];
    const offers = await offersOfLeads(leads, leads.length);
    expect(offers).toHaveLength(500);
    for (const { leadId, rep, team, rule, playbookRevision } of offers) {
      if (late.includes(leadId)) expect(playbookRevision).toBe(revision);
      if (settled.includes(leadId)) expect(playbookRevision).toBeLessThan(revision);
      if (playbookRevision === revision) expect([rep.key, team, rule]).toEqual(['sara', 'swiss', 'swiss']);
      else expect([['rita', 'rolf'].includes(rep.key), team, rule]).toEqual([true, 'rest', 'the-rest']);
    }
    const owners = await engine.db.lead.findMany({ where: { id: { in: leads } } });
    const offeredTo = new Map(offers.map(({ leadId, repId }) => [leadId, repId]));
    for (const { id, stage, ownerId } of owners) {
      const expected = taken.includes(id) ? 'accepted' : 'assigned';
      expect({ id, stage, ownerId }).toEqual({ id, stage: expected, ownerId: offeredTo.get(id) });
    }
    // What was offered by the old rules is decided on as before; what is let pass goes on in its team as the new rules have it.
    const open = offers.filter(({ status, playbookRevision }) => status === 'offered' && playbookRevision !== revision);
    const ofRep = (key: string): typeof open => open.filter(({ rep }) => rep.key === key);
    const [first, ...others] = ofRep('rita');
    expect(first === undefined ? null : await accept(first)).toMatchObject({ ok: true });
    const [ofRita, ofRolf] = [others.slice(0, LET_PASS), ofRep('rolf').slice(0, LET_PASS)];
    await Promise.all([...ofRita, ...ofRolf].map(({ leadId }) => atOnce(() => engine.forward(leadId, '250 minutes'))));
    for (const { leadId } of ofRita) expect((await life.offered(leadId)).rep.key).toBe('rolf');
    for (const { leadId } of ofRolf) {
      await engine.untilStage(leadId, 'qualified');
      expect((await life.need(leadId)).waitingBecause).toMatch(/^Every rep of team ‘Rest’/);
    }
  },
  TEST_MS,
);
