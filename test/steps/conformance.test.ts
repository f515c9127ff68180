/**
 * Every kind of step of the registry: it is documented, its mistakes have a place, it leads somewhere, it is performed in virtual
 * time, it explains itself, it survives a crash, and its history is kept for replays. A kind that lacks one of these fails here.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Cadence, Step } from '../../src/domain/cadence.ts';
import { zoneOfLead } from '../../src/domain/lead-zone.ts';
import { formatForPeople } from '../../src/domain/schedule.ts';
import type { Standing } from '../../src/domain/standing.ts';
import { kindOf, STEP_KINDS, type StepKind } from '../../src/steps/kinds.ts';
import { reach, stepById, stepsOf, waysFrom } from '../../src/steps/next-step.ts';
import { PERFORMERS } from '../../src/steps/performers.ts';
import { isAtWork } from '../../src/temporal/at-work.ts';
import { STATE_QUERY } from '../../src/workflows/messages.ts';
import { type Bench, openApi } from '../api/support.ts';
import { playbookWith } from '../crash/playbook.ts';
import { load, mistakes } from '../playbook/folder.ts';
import { begin } from '../replay/lives.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { DOCUMENTED, hasRow } from './documented.ts';
import { type Death, dyingOnce } from './dying.ts';
import { type Example, EXAMPLES, exampleCadences, keyOfKind, lifeOfKind } from './examples.ts';
import { timetableIn } from '../support/timetable.ts';

const DEATHS: readonly Death[] = ['before-commit', 'after-commit', 'after-effect'];
const HISTORIES = path.join(import.meta.dirname, '../replay/histories');

let removePlaybook: () => Promise<void>;
let api: Bench;
const dying = new Map<Death, Engine>();

beforeAll(async () => {
  const playbook = await playbookWith(exampleCadences());
  removePlaybook = playbook.remove;
  api = await openApi({ worker: true, playbookDir: playbook.dir });
  for (const death of DEATHS) {
    const engine = await startEngine({ playbookDir: playbook.dir, change: (deps) => dyingOnce(deps, death) });
    dying.set(death, engine);
  }
});
afterAll(async () => {
  for (const engine of dying.values()) await engine.close();
  await api?.close();
  await removePlaybook?.();
});

test('the two registries have the same kinds', () => {
  expect(Object.keys(PERFORMERS).toSorted()).toEqual(STEP_KINDS.map(({ kind }) => kind).toSorted());
});

describe.each(STEP_KINDS)('a step of the kind $kind', (one) => {
  const { kind } = one;
  const key = keyOfKind(kind);

  it('is in the docs, with an example that has no mistake', () => {
    expect(hasRow(kind), `docs/cadences.md: the table of steps has no row for \`${kind}\``).toBe(true);
    const examples = DOCUMENTED.filter(({ steps }) => steps.some((step) => kind in step));
    expect(examples.length, `docs/cadences.md: no block of YAML has a step "${kind}"`).toBeGreaterThan(0);
    for (const example of examples) expect(mistakes(...asFolder(example))).toEqual([]);
  });

  it('has mistakes, each with its place', () => {
    const { mistakes: known } = exampleOf(key);
    expect(known.length, `test/steps/kinds/${key}.ts: "mistakes" is empty`).toBeGreaterThan(0);
    for (const [steps, says] of known) {
      expect(mistakes({ 'cadences/slow.yaml': `name: Slow\nsteps:\n${steps}` }).join('\n')).toContain(
        `slow.yaml:${says}`,
      );
    }
  });

  it('leads on, out, or into another cadence, and can be drawn', () => {
    for (const { cadence, step } of documented(kind)) {
      const ways = waysFrom(cadence, step);
      expect(ways.length, `${kind}: "ways" has none`).toBeGreaterThan(0);
      for (const stepId of ways.flatMap(stepsOf)) expect(stepById(cadence, stepId).id).toBe(stepId);
      for (const way of ways) if (way.go === 'to') expect(way.when).not.toBe('');
      expect(kindOf(step).position.label(step)).not.toBe('');
      const fromMs = Date.UTC(2026, 11, 1, 10);
      const stands = reach(cadence, step.id, fromMs, timetableIn('Europe/Berlin', cadence));
      expect(stands?.dueAtMs, `${kind}: "due" is before the lead came`).toBeGreaterThanOrEqual(fromMs);
      if (one.position.time !== 'passes') expect(stands?.stepId).toBe(step.id);
    }
  });

  it('is performed in virtual time, and says before and after what it does', async () => {
    const example = exampleOf(key);
    const engine = api.engine;
    const { story, live } = await begin(engine, lifeOfKind(key), `lives@step-${key}.example`);
    await expectToldBefore(story.leadId, one);
    await live();
    await expectPerformedOnce(engine, story.leadId, one);
    if (one.position.toldBy === 'send')
      expect(example.effects, `test/steps/kinds/${key}.ts: say how to count what it sends in "effects"`).not.toBeNull();
    if (example.effects !== null) expect(example.effects(story)).toBe(1);
    const { body } = await api.get(`/v1/leads/${story.leadId}/timeline?order=asc`);
    expect(body.items?.map(({ title }) => title)).toContainEqual(expect.stringMatching(example.told));
  });

  const deaths = DEATHS.filter((death) => death !== 'after-effect' || EXAMPLES.get(key)?.effects);
  it.each(deaths)('is performed once though every activity dies once, %s', { timeout: 120_000 }, async (death) => {
    const engine = dying.get(death);
    if (engine === undefined) throw new Error('The engine has not started.');
    const { story, live } = await begin(engine, lifeOfKind(key), `dies@step-${key}.example`);
    await live();
    // Not every activity has an effect to die after.
    const attempts = death === 'after-effect' ? [1, 2] : [2];
    expect(await attemptsOf(engine, story.leadId), 'the attempts of each activity').toEqual(new Set(attempts));
    await expectPerformedOnce(engine, story.leadId, one);
    const { effects, repeats = false } = exampleOf(key);
    // What was claimed and not handed over is in doubt, and never repeated, unless the receiver knows it by its id.
    if (effects !== null) expect(effects(story)).toBe(death === 'after-commit' && !repeats ? 0 : 1);
  });

  it('has a recorded history to replay', () => {
    const file = path.join(HISTORIES, `${lifeOfKind(key)}-1.json`);
    expect(existsSync(file), `record it: node test/replay/record.ts ${lifeOfKind(key)}`).toBe(true);
    const history = readFileSync(file, 'utf8');
    const text = [...history.matchAll(/"data":"([^"]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    );
    expect(text.join('\n')).toContain(`"stepId":"${standsBefore(one)}"`);
  });
});

/** Nobody stands before a step whose time passes, but before the next. */
function standsBefore({ position }: StepKind): string {
  return position.time === 'passes' ? 'after' : 'it';
}

function exampleOf(key: string): Example {
  const example = EXAMPLES.get(key);
  if (example === undefined) throw new Error(`This kind has no example: write test/steps/kinds/${key}.ts`);
  return example;
}

type Documented = (typeof DOCUMENTED)[number];

/** The block as a file of a playbook that has all that it names. */
function asFolder({ cadence, names }: Documented): Parameters<typeof mistakes> {
  const templates = new Map([...names('email'), 'hello', 'again'].map((name) => [name, { kind: 'resource' as const }]));
  const events = [
    ...new Set(['email.clicked', 'page.viewed', ...names('waitFor'), ...names('event'), ...names('type')]),
  ];
  const others = names('move').map((name) => [`cadences/${name}.yaml`, 'name: Other\nsteps:\n  - email: again\n']);
  return [
    {
      'cadences/documented.yaml': cadence,
      'events.yaml': events.map((name) => `${name}: { description: Something }\n`).join(''),
      ...(Object.fromEntries(others) as Record<string, string>),
    },
    { templates },
  ];
}

/** The steps of a kind in the docs, as they are read. */
function documented(kind: string): { cadence: Cadence; step: Step }[] {
  return DOCUMENTED.filter(({ steps }) => steps.some((step) => kind in step)).flatMap((example) => {
    const cadence = load(...asFolder(example)).cadences.find((each) => each.cadence === 'documented');
    return (cadence?.steps ?? []).flatMap((step) => (cadence && step.kind === kind ? [{ cadence, step }] : []));
  });
}

/** The process, `why` and the timer in the Temporal UI say the same, in the words of the step that the lead stands before. */
async function expectToldBefore(leadId: string, one: StepKind): Promise<void> {
  const { engine } = api;
  // The process has the answer of its first look: the rows have it before.
  const { next } = await engine.until(
    () =>
      engine
        .handle(leadId)
        .query<Standing | null>(STATE_QUERY)
        .then((standing) => standing ?? { next: null }),
    (standing) => standing.next !== null,
  );
  const lead = await engine.lead(leadId);
  const { revision } = await engine.db.enrollment.findFirstOrThrow({ where: { leadId }, include: { revision: true } });
  const step = stepById(revision.definition as unknown as Cadence, standsBefore(one));
  const zone = zoneOfLead(lead, engine.playbook.defaultTimeZone);
  const says = kindOf(step).position.waiting(
    step,
    formatForPeople(lead.nextDueAt?.getTime() ?? 0, zone, Date.now() + Number(lead.clockOffsetMs)),
  );
  expect(says).toContain(`‘${step.id}’`);
  expect(next).toMatchObject({ kind: 'step', stepId: step.id, summary: says });
  expect((await api.get(`/v1/leads/${leadId}/why`)).body).toMatchObject({ next: { what: says } });
  const { events } = await engine.handle(leadId).fetchHistory();
  const timer = (events ?? []).findLast((event) => event.timerStartedEventAttributes);
  expect(Buffer.from(timer?.userMetadata?.summary?.data ?? []).toString()).toContain(says);
}

/** At which attempt activities of a lead's process were done, once none is under way. */
async function attemptsOf(engine: Engine, leadId: string): Promise<Set<number>> {
  const handle = engine.handle(leadId);
  await engine.until(
    () => handle.describe(),
    (process) => !isAtWork(process),
  );
  const { events } = await handle.fetchHistory();
  return new Set((events ?? []).flatMap((event) => event.activityTaskStartedEventAttributes?.attempt ?? []));
}

async function expectPerformedOnce(engine: Engine, leadId: string, one: StepKind): Promise<void> {
  const stepId = standsBefore(one);
  const performed = await engine.db.audit.findMany({
    where: { leadId, action: 'step.performed', data: { path: ['stepId'], equals: stepId } },
  });
  expect(
    performed.map(({ data }) => data),
    'how often the timeline says that it was performed',
  ).toHaveLength(1);
  if (stepId === 'it') expect(performed[0]?.data).toMatchObject({ kind: one.kind });
}
