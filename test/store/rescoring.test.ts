/** Scores made anew: a replay of what happened gives what ingestion gave, and a plan says what other rules would change. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScoringModel } from '../../src/domain/scoring.ts';
import { scoreAtMs } from '../../src/domain/score.ts';
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scoringPlanInWords } from '../../src/cli/scoring-plan-words.ts';
import { learnedFile } from '../../src/cli/scoring-words.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { planScoring } from '../../src/playbook/plan-scoring.ts';
import { createEventRecorder } from '../../src/store/events/record-events.ts';
import type { EventInput } from '../../src/store/events/event-batch.ts';
import { loadContexts } from '../../src/store/facts/load-contexts.ts';
import { qualificationOf, readinessNow } from '../../src/store/scoring/evaluate.ts';
import { readHandOffs } from '../../src/store/scoring/hand-offs.ts';
import { readPast } from '../../src/store/scoring/past.ts';
import { askedByScoring, replayRulesOf, rescored } from '../../src/store/scoring/rescored.ts';
import { playbookWith } from '../crash/playbook.ts';
import { DAY, NOW, openBench, PLAYBOOK, type Bench } from './support.ts';

const SCORING: ScoringModel = {
  ...PLAYBOOK.scoring,
  groups: [{ group: 'content', halfLifeMs: 7 * DAY, limit: 25 }],
  engagement: [
    { rule: 'read', event: 'docs.read', points: 8, group: 'content', productLine: { from: 'line' } },
    { rule: 'first', event: 'docs.read', points: 5, once: true },
    { rule: 'viewed', event: 'page.viewed', points: 3, cap: { points: 7, per: { amount: 2, unit: 'days' } } },
    { rule: 'prices', event: 'page.viewed', when: { 'event.path': '/prices' }, points: 6 },
    {
      rule: 'ordered',
      event: 'order.placed',
      points: { from: 'valueMinor', factor: 0.001, max: 20 },
      coolDown: { amount: 3, unit: 'days' },
    },
    { rule: 'left', event: 'page.viewed', when: { 'event.path': '/careers' }, points: -2 },
  ],
};
const RULES = { ...PLAYBOOK, scoring: SCORING, productLines: ['Greenhouse', 'Vineyard'] };

let bench: Bench;
beforeAll(async () => {
  bench = await openBench(RULES);
});
afterAll(() => bench[Symbol.asyncDispose]());

const at = (day: number): Date => new Date(NOW - (40 - day) * DAY);
const record = (...items: EventInput[]) => createEventRecorder(bench.ctx)(items);

let serial = 0;
const event = (leadId: string, day: number, type: string, properties: EventInput['properties'] = {}): EventInput =>
  ({
    id: `r${(serial += 1)}`,
    source: 'test',
    leadId,
    type,
    properties,
    occurredAt: at(day),
  }) as EventInput;

const liveLedger = async (leadId: string) =>
  (await bench.db.scoreEntry.findMany({ where: { leadId, replacedBy: null }, orderBy: { id: 'asc' } })).map(
    ({ rule, points, before, after, scoreGroup, productLine, eventId }) => ({
      rule,
      points,
      before,
      after,
      group: scoreGroup,
      line: productLine,
      eventId,
    }),
  );

describe('a replay', () => {
  it('of events that came in their order gives score and ledger as ingestion did', async () => {
    const { id } = await bench.lead();
    // Otherwise all of the events are late.
    await bench.db.lead.update({ where: { id }, data: { scoreAt: at(0) } });
    const script: [number, string, EventInput['properties']?][] = [
      [1, 'docs.read', { line: 'greenhouse' }],
      [2, 'page.viewed', { path: '/careers' }],
      [2.5, 'page.viewed', { path: '/prices' }],
      [3, 'page.viewed', { path: '/x' }],
      [3.2, 'page.viewed', { path: '/y' }],
      [5, 'order.placed', { valueMinor: 9_000 }],
      [6, 'order.placed', { valueMinor: 90_000 }],
      [9, 'order.placed', { valueMinor: 90_000 }],
      [20, 'docs.read', { line: 'vineyard' }],
      [21, 'page.viewed', { path: '/prices' }],
      [39, 'docs.read', {}],
    ];
    for (const [day, type, properties] of script) await record(event(id, day, type, properties));
    const lead = await bench.reload({ id });
    const rules = replayRulesOf(RULES);
    const past = await readPast(bench.db, { ids: [id] }, { rules, withIds: true });
    const anew = rescored(RULES, rules, lead, { context: {}, past: past.get(id), atMs: NOW });
    expect(anew.lead.score).toBeCloseTo(lead.score, 9);
    expect(anew.lead.scoreAt).toEqual(lead.scoreAt);
    expect(anew.lead.scoreParts).toEqual(lead.scoreParts);
    expect(anew.replayed.lastEngagedAtMs).toBe(lead.lastEngagedAt?.getTime());
    expect(anew.replayed.entries.map(({ atMs: _at, ...entry }) => entry)).toEqual(await liveLedger(id));
    expect(scoreAtMs(lead, NOW, SCORING)).toBeGreaterThan(20);
  });
});

describe('a plan', () => {
  it('says who would newly qualify, who would not be ready any more, and how the scores lie', async () => {
    const { id: keen } = await bench.lead({ companySize: 200 });
    const { id: weak } = await bench.lead();
    await record(event(keen, 38, 'page.viewed', { path: '/prices' }), event(weak, 39, 'page.viewed', { path: '/a' }));
    const { id: ready } = await bench.lead();
    await bench.db.lead.update({
      where: { id: ready },
      data: { score: 45, scoreAt: new Date(NOW), armed: false, stage: 'assigned' },
    });

    const lower = { ...RULES, scoring: { ...SCORING, ready: { A: 8, B: 30, C: 50, D: null } } };
    const plan = await planScoring(bench.db, RULES, lower, { nowMs: NOW });
    expect(plan).toMatchObject({ replayed: false, oneIn: 1 });
    expect(plan?.newlyQualify.examples).toMatchObject([
      { leadId: keen, stage: 'new', before: { grade: 'A' }, after: { grade: 'A' } },
    ]);
    expect(plan?.newlyQualify.byGrade).toMatchObject({ A: 1, B: 0 });
    expect(plan?.drop).toMatchObject({ leads: 1, withSales: 1, examples: [{ leadId: ready, stage: 'assigned' }] });
    expect(plan?.ready).toEqual({ before: 1, after: 1 });
    expect(plan?.scores.reduce((sum, { after }) => sum + after, 0)).toBe(plan?.leads);

    const dearer = {
      ...lower,
      scoring: {
        ...SCORING,
        engagement: SCORING.engagement.map((rule) => (rule.rule === 'prices' ? { ...rule, points: 60 } : rule)),
      },
    };
    const replayed = await planScoring(bench.db, RULES, dearer, { nowMs: NOW });
    expect(replayed).toMatchObject({ replayed: true });
    expect(replayed?.newlyQualify.examples.map(({ leadId }) => leadId)).toContain(keen);
    expect(replayed?.newlyQualify.examples.map(({ leadId }) => leadId)).not.toContain(weak);
    expect(await planScoring(bench.db, RULES, RULES, { nowMs: NOW })).toBeNull();
  });

  it('tells what waits for a rescoring already from what the change itself does', async () => {
    const fit = [{ rule: 'far', when: { country: 'NZ' }, points: 40 }];
    const published = { ...RULES, scoring: { ...SCORING, fit, grades: { A: 30, B: 10, C: 0 } } };
    // Its grade is older than these rules.
    const { id } = await bench.lead({ country: 'NZ' });
    await bench.db.lead.update({ where: { id }, data: { score: 35, scoreAt: new Date(NOW), fitGrade: 'C' } });
    const more = { rule: 'nobody', when: { country: 'TO' }, points: 5 };
    const change = { ...published, scoring: { ...published.scoring, fit: [...fit, more] } };
    const plan = await planScoring(bench.db, published, change, { nowMs: NOW });
    expect(plan?.newlyQualify.examples.map(({ leadId }) => leadId)).toContain(id);
    expect(plan?.pending.newlyQualify).toBe(plan?.newlyQualify.leads);
    expect(plan?.pending.grades).toBeGreaterThan(0);
    const words = scoringPlanInWords(plan as NonNullable<typeof plan>).join('\n');
    expect(words).toMatch(/Not of this change: .* another grade by the rules that are published already/);
    await bench.db.lead.update({ where: { id }, data: { score: 0 } });
  });

  it('counts what each lead alone would become with all that is known of it', async () => {
    const titles = [{ jobTitle: 'Owner' }, { jobTitle: 'Student' }, {}];
    for (let n = 0; n < 24; n += 1) {
      const { id } = await bench.lead({
        ...(n % 4 === 0 ? {} : { companySize: n * 10 }),
        ...titles[n % 3],
        attributes: n % 2 === 0 ? { role: 'dealer' } : {},
        email: `plan-${n}@${n % 5 === 0 ? 'gmail.com' : `plan-${n}.example`}`,
      });
      const path = n % 3 === 0 ? '/prices' : '/a';
      await record(
        event(id, 20 + (n % 19), 'page.viewed', { path, note: 'x' }),
        event(id, 30, 'order.placed', { valueMinor: n * 4_000 }),
      );
    }
    const fit = [
      { rule: 'dealer', when: { 'attributes.role': 'dealer' }, points: 15 },
      {
        rule: 'owner',
        when: { any: [{ jobTitle: { contains: 'owner' } }, { orderValueMinor: { gte: 60_000 } }] },
        points: 10,
      },
      { rule: 'private', when: { freeMail: true }, points: -20 },
      { rule: 'large', when: { companySize: { gte: 100 } }, points: 10 },
      { rule: 'greenhouse', when: { not: { productLine: 'vineyard' } }, points: 1 },
    ];
    const engagement = SCORING.engagement.map((rule) => (rule.rule === 'prices' ? { ...rule, points: 30 } : rule));
    const after = { ...RULES, scoring: { ...SCORING, fit, engagement, grades: { A: 20, B: 10, C: 0 } } };
    const plan = await planScoring(bench.db, RULES, after, { nowMs: NOW });
    const rules = replayRulesOf(after);
    const grades = { A: 0, B: 0, C: 0, D: 0 };
    let ready = 0;
    for (const lead of await bench.db.lead.findMany()) {
      const contexts = await loadContexts(bench.db, [lead], askedByScoring(after), {
        atMs: NOW,
        clock: 'fixed',
        fading: after.scoring,
      });
      const past = await readPast(bench.db, { ids: [lead.id] }, { rules, withIds: true });
      const known = { context: contexts.get(lead.id) ?? {}, past: past.get(lead.id), atMs: NOW };
      const { lead: anew } = rescored(after, rules, lead, known);
      grades[anew.fitGrade] += 1;
      ready += readinessNow(after, anew, NOW).ready ? 1 : 0;
    }
    expect(
      Object.fromEntries(Object.entries(plan?.grades ?? {}).map(([grade, counts]) => [grade, counts.after])),
    ).toEqual(grades);
    expect(plan?.ready.after).toBe(ready);
    expect(ready).toBeGreaterThan(0);
    expect(Object.values(grades).filter((count) => count > 0).length).toBeGreaterThan(2);
  });
});

describe('past hand-offs', () => {
  it('are seen as the rules would have seen them at their moment, with what became of them', async () => {
    const { id } = await bench.lead({ source: 'ebook' });
    const needId = 'need-past';
    await bench.db.need.create({ data: { id: needId, leadId: id, openedAt: at(1) } });
    await bench.db.lead.update({ where: { id }, data: { scoreAt: at(0) } });
    await record(event(id, 5, 'page.viewed', { path: '/prices' }), event(id, 30, 'docs.read', {}));
    await bench.db.rep.upsert({
      where: { id: 'rep-1' },
      create: { id: 'rep-1', key: 'ada', name: 'Ada', email: 'ada@sales.example' },
      update: {},
    });
    const offer = (n: number, day: number, more: object) =>
      bench.db.assignment.create({
        data: {
          id: `asg-${n}`,
          leadId: id,
          needId,
          repId: 'rep-1',
          team: 'inside',
          rule: 'all',
          status: 'accepted',
          offeredAt: at(day),
          ...more,
        },
      });
    await offer(1, 6, { status: 'rejected', reason: 'too-early' });
    await offer(2, 7, { status: 'rejected', reason: 'wrong-team' });
    await offer(3, 31, {});
    await bench.db.need.update({ where: { id: needId }, data: { outcome: 'won', closedAt: at(33) } });
    await bench.db.audit.create({
      data: {
        id: 'aud-grade',
        leadId: id,
        actor: 'system',
        action: 'lead.graded',
        data: { from: 'B', to: 'A', points: 20 },
        occurredAt: at(20),
      },
    });
    const rules = {
      ...RULES,
      reasons: [{ reason: 'wrong-team', label: 'Wrong team', follow: { kind: 'reroute' as const } }],
    };
    const found = await readHandOffs(bench.db, rules, false);
    expect(found).toMatchObject([
      { result: 'won', reason: null, grade: 'A', rules: ['viewed', 'prices', 'read', 'first'], atMs: at(31).getTime() },
      { result: 'rejected', reason: 'too-early', grade: 'B', rules: ['viewed', 'prices'], source: 'ebook' },
    ]);
    expect(found[1]?.score).toBeCloseTo(9 / 2 ** (1 / 30), 1);
  });
});

describe('a learned readiness', () => {
  const learned = {
    goal: 'won',
    until: '2026-11-01',
    outcomes: 90,
    successes: 40,
    intercept: -1,
    weights: [{ feature: 'source:webinar', weight: 2 }],
  } as const;

  it('decides only where the rules say so', async () => {
    const lead = await bench.lead({ source: 'webinar' });
    const asks = (more: object) =>
      qualificationOf({ ...RULES, scoring: { ...SCORING, learned, ...more } }, lead, NOW, null);
    expect(asks({})).toMatchObject({ qualifies: false });
    expect(asks({ learnedReady: 80 })).toMatchObject({ qualifies: false });
    expect(asks({ learnedReady: 80 }).because).toContain('learned readiness 73.1% of 80% needed');
    expect(asks({ learnedReady: 70 })).toMatchObject({
      qualifies: true,
      because: 'learned readiness 73.1% of 70% needed',
    });
  });

  it('is a file of the playbook; a rule that lets it decide needs the file', async () => {
    const folder = await playbookWith({});
    const scoring = path.join(folder.dir, 'scoring.yaml');
    await appendFile(scoring, 'learnedReady: 60\n');
    expect(() => loadPlaybook(folder.dir)).toThrow(
      /learnedReady: there is no learned.yaml: `nurture scoring learn --write`/,
    );
    await writeFile(path.join(folder.dir, 'learned.yaml'), learnedFile(learned));
    expect(loadPlaybook(folder.dir).scoring).toMatchObject({ learned, learnedReady: 60 });
    await folder.remove();
  });
});
