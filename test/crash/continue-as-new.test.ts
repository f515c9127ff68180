/** A long life goes on in a new run, with all that came in, and at its own time. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LeadCommand } from '../../src/domain/commands.ts';
import { newId } from '../../src/domain/ids.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import type { LeadInput } from '../../src/workflows/messages.ts';
import { untilAnswered } from '../workflows/life.ts';
import { playbookWith } from './playbook.ts';

const DAYS = 20;
/** So many steps that one run of the process does not hold them. */
const DAILY = `
name: A mail a day
enroll: { when: { source: daily } }
priority: 10
reentry: always
steps:
${Array.from({ length: DAYS }, (_, n) => `  - { id: day-${n + 1}, email: plain }\n  - wait: 1 day`).join('\n')}
  - exit: the end
`;

let engine: Engine;
let removePlaybook: () => Promise<void>;

beforeAll(async () => {
  const playbook = await playbookWith({ daily: DAILY });
  removePlaybook = playbook.remove;
  engine = await startEngine({ playbookDir: playbook.dir });
});
afterAll(async () => {
  await engine?.close();
  await removePlaybook?.();
});

const actor = { kind: 'key' as const, keyId: 'key-test', manager: true };
const tell = (leadId: string, kind: 'pause' | 'resume') => {
  const command: LeadCommand = { kind, commandId: newId('command'), actor };
  return untilAnswered(engine, leadId, command);
};
/** The runs of a life so far, the newest first. */
const runsOf = async (leadId: string): Promise<string[]> => {
  const runs: string[] = [];
  for (let runId: string | undefined = (await engine.handle(leadId).describe()).runId; runId;) {
    runs.push(runId);
    const { events } = await engine.client.workflow.getHandle(leadId, runId).fetchHistory();
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  }
  return runs;
};

/** How many bells the run before handed on. */
async function bellsCarriedInto(leadId: string, runId: string): Promise<number> {
  const { events } = await engine.client.workflow.getHandle(leadId, runId).fetchHistory();
  const data = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
  const { rings = [] } = JSON.parse(new TextDecoder().decode(data ?? new Uint8Array())) as LeadInput;
  return rings.length;
}

test('bells and commands that come while a long run is continued as new are all acted on', async () => {
  const email = 'long@life.example';
  const leadId = await engine.submit({ email, source: 'drip' });
  await engine.sink.waitFor(email, 1);
  // On until the race was met: a bell came before a border and was acted on after it.
  let carried = 0;
  for (let n = 0; n < 12 || (carried === 0 && n < 40); n += 1) {
    // While an activity runs, among them the last of each run, a command and a bell come in.
    using turn = engine.stopAt('turn.begins', email);
    const paused = tell(leadId, 'pause');
    await turn.reached;
    await engine.submit({ email, source: 'drip', jobTitle: `Gardener ${n}` });
    await engine.until(
      () => engine.db.outbox.count({ where: { leadId, reason: 'submitted', deliveredAt: { not: null } } }),
      (count) => count > 0,
    );
    turn.go();
    expect(await paused).toMatchObject({ ok: true });
    expect(await tell(leadId, 'resume')).toMatchObject({ ok: true });
    if (n < 11) continue;
    const bells = (await runsOf(leadId)).map((runId) => bellsCarriedInto(leadId, runId));
    carried = Math.max(...(await Promise.all(bells)));
  }
  expect(carried).toBeGreaterThan(0);
  await engine.until(
    () => engine.db.outbox.count({ where: { leadId } }),
    (count) => count === 0,
  );
  expect(await engine.db.touch.count({ where: { leadId, handledAt: null } })).toBe(0);
  expect((await runsOf(leadId)).length).toBeGreaterThanOrEqual(3);
  expect(engine.sink.to(email)).toHaveLength(1);
  const { searchAttributes } = await engine.handle(leadId).describe();
  expect(searchAttributes).toMatchObject({ LeadStage: ['nurturing'], Cadence: ['drip'], LeadSource: ['drip'] });
  await engine.forward(leadId, '4 days');
  await engine.sink.waitFor(email, 3);
});

test('a forwarded process keeps its time when it continues as a new run', async () => {
  const email = 'forwarded@life.example';
  const leadId = await engine.submit({ email, source: 'drip' });
  await engine.sink.waitFor(email, 1);
  await engine.forward(leadId, '1 day');
  const before = (await runsOf(leadId)).length;
  for (let n = 0; n < 8; n += 1) {
    await tell(leadId, 'pause');
    await tell(leadId, 'resume');
  }
  const runs = await runsOf(leadId);
  expect(runs.length).toBeGreaterThan(before);
  const ahead = (await engine.handle(leadId).executeUpdate<number, []>('clock', { args: [] })) - Date.now();
  expect(ahead / 3_600_000).toBeCloseTo(24, 1);
  await engine.forward(leadId, '25 hours');
  const mails = await engine.sink.waitFor(email, 2);
  expect(((mails[1]?.date.getTime() ?? 0) - (mails[0]?.date.getTime() ?? 0)) / 3_600_000).toBeCloseTo(48, 1);
});

test('a fast-forward goes on when the process continues as a new run', async () => {
  const email = 'daily@life.example';
  const leadId = await engine.submit({ email, source: 'daily' });
  await engine.sink.waitFor(email, 1);
  const since = Date.now();
  const nowMs = await engine.forward(leadId, `${DAYS + 1} days`);
  expect((nowMs - since) / 86_400_000).toBeCloseTo(DAYS + 1, 1);
  expect((await runsOf(leadId)).length).toBeGreaterThan(1);
  const mails = await engine.sink.waitFor(email, DAYS);
  const days = mails.map(({ date }) => Math.round((date.getTime() - (mails[0]?.date.getTime() ?? 0)) / 86_400_000));
  expect(days).toEqual(Array.from({ length: DAYS }, (_, n) => n));
  await engine.untilStage(leadId, 'dormant');
});
