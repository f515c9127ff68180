/** What a step costs by its kind: leads that stand before one fall due at one instant, beside bare workflows that do. */
import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { publishFolders } from '../src/cli/publish.ts';
import { STEP_KINDS } from '../src/steps/kinds.ts';
import type { Bench, Measured, Row } from './bench.ts';
import type { History } from './footprint.ts';
import { startFloorWorker } from './floor.ts';
import { inTime } from './in-time.ts';
import { until } from './measure.ts';
import { seedLeads } from './seed-leads.ts';
import { startProcesses } from './sleepers.ts';
import { growthOf, rate, settledHistory, timeFloor } from './step-parts.ts';

const SIZES = {
  quick: { steps: 20, perStart: 50, spareMs: 1_500 },
  full: { steps: 500, perStart: 25, spareMs: 4_000 },
};
const PATIENCE_MS = 600_000;
const LOOKED_AT = 5;

/** A step of each kind. `wait` is left out: it has no turn of its own, but is the timer that each of the others has after it. */
const stepsOf = (webhook: string): Record<string, string> => ({
  email: 'email: ebook-welcome',
  waitFor: 'waitFor: page.viewed, within: 3 days',
  branch: 'branch: [{ when: { score: { gte: 20 } }, go: rest }, { else: rest }]',
  channel:
    'channel: preferred, steps: [{ email: ebook-welcome }, { task: Write to them, by: message, to: { team: europe } }]',
  split: 'split: [{ arm: one, go: rest }, { arm: other, go: rest }]',
  task: 'task: Write to them, by: message, to: { team: europe }',
  webhook: `webhook: "${webhook}", send: [source]`,
  set: 'set: { attributes.interest: pumps }',
  move: 'move: kind-target',
  exit: 'exit: through',
});

/** A lead stands before `it`, and then before `last`, unless the step ends its run. Nothing waits before a wait for an event. */
function cadenceWith(kind: string, step: string): string {
  const before = kind === 'waitFor' ? '' : '  - wait: 3 days\n';
  const after =
    kind === 'exit' || kind === 'move'
      ? ''
      : '  - { id: rest, wait: 3 days }\n  - { id: last, email: ebook-case-study }\n';
  return `name: A step of one kind
steps:
  - { id: first, email: ebook-checklist }
${before}  - { id: it, ${step} }
${after}`;
}

export async function measureKinds(bench: Bench): Promise<Measured> {
  const size = bench.quick ? SIZES.quick : SIZES.full;
  const floorWorker = await startFloorWorker(bench);
  const hooks = await startHooks();
  try {
    const kinds = stepsOf(hooks.url);
    const missing = STEP_KINDS.filter(({ kind }) => kind !== 'wait' && !(kind in kinds)).map(({ kind }) => kind);
    if (missing.length > 0) throw new Error(`bench/kinds.ts has no step of the kind ${missing.join(', ')}`);
    await publishKinds(bench, kinds);
    const rows: Row[] = [];
    const details: Record<string, { floor: number; engine: number; history: History }> = {};
    // Not counted: code is compiled, connections are opened.
    await timeFloor(bench, floorWorker, 'kinds', size);
    await timeKind(bench, 'set', 'first', size);
    for (const kind of Object.keys(kinds)) {
      const floor = await timeFloor(bench, floorWorker, `kind-${kind}`, size);
      const { engine, history } = await timeKind(bench, kind, 'counted', size);
      details[kind] = { floor, engine, history };
      rows.push({ what: `step of the kind ${kind}`, floor, engine, ratio: engine / floor, unit: 'steps/s' });
      bench.say(
        `  ${kind}: floor ${floor.toFixed(1)} steps/s, engine ${engine.toFixed(1)}, ${history.events} events a step`,
      );
    }
    return { rows, details };
  } finally {
    floorWorker.stop();
    hooks.close();
  }
}

/** Publishes a cadence for each kind beside those of the benchmark. */
async function publishKinds({ stack: { config } }: Bench, kinds: Readonly<Record<string, string>>): Promise<void> {
  const playbookDir = await mkdtemp(path.join(tmpdir(), 'nurture-bench-kinds-'));
  try {
    await cp(config.playbookDir, playbookDir, { recursive: true });
    // A lead goes on when its rep was told of the task: here of each at once.
    await appendFile(path.join(playbookDir, 'settings.yaml'), 'notices: { gather: 0 minutes }\n');
    const write = (name: string, text: string): Promise<void> =>
      writeFile(path.join(playbookDir, 'cadences', `${name}.yaml`), text);
    await write(
      'kind-target',
      'name: Where a move leads\nsteps:\n  - wait: 3 days\n  - { id: last, email: ebook-case-study }\n',
    );
    for (const [kind, step] of Object.entries(kinds)) await write(`kind-${cadenceKey(kind)}`, cadenceWith(kind, step));
    await publishFolders({ ...config, playbookDir }, { author: 'bench' });
  } finally {
    await rm(playbookDir, { recursive: true, force: true });
  }
}

const cadenceKey = (kind: string): string => kind.toLowerCase();

/** Steps per second from the instant at which all fall due until none stands before its step, and what one adds to a history. */
function timeKind(
  bench: Bench,
  kind: string,
  tag: string,
  { steps, perStart, spareMs }: (typeof SIZES)['full'],
): Promise<{ engine: number; history: History }> {
  return inTime(bench, 2 * perStart * steps + spareMs, async (dueAt, attempt) => {
    const standing = { cadence: `kind-${cadenceKey(kind)}`, stepId: 'it', dueAt: new Date(dueAt) };
    const name = `kind-${bench.run}-${cadenceKey(kind)}-${tag}-${attempt}`;
    const leads = await seedLeads(bench.db, { tag: name, count: steps, score: 0, standing });
    await startProcesses(bench, leads);
    const ids = leads.map(({ leadId }) => leadId);
    const some = ids.slice(0, LOOKED_AT);
    const before = await settledHistory(bench, some);
    const isAhead = Date.now() < dueAt;
    await until(`all have done their step of the kind ${kind}`, PATIENCE_MS, async () => {
      const { rows } = await bench.db.query<{ left: number }>(
        `SELECT count(*)::int AS left FROM enrollments WHERE lead_id = ANY($1) AND ended_at IS NULL AND step_id LIKE 'it%'`,
        [ids],
      );
      return rows[0]?.left === 0;
    });
    const doneAt = Date.now();
    if (!isAhead) return null;
    return { engine: rate(steps, dueAt, doneAt), history: growthOf(before, await settledHistory(bench, some)) };
  });
}

/** A receiver of webhooks that takes everything. */
async function startHooks(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
