/** Run by record.ts: lives every life (or those it names) on the real server and writes down the history of each of its runs. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import proto from '@temporalio/proto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ONE_MAIL, playbookWith } from '../crash/playbook.ts';
import { exampleCadences } from '../steps/examples.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { BULK_LIVES } from './bulk-lives.ts';
import { LIVES, play } from './lives.ts';

const { HistoryEvent } = proto.temporal.api.history.v1;
/** As replay.test.ts reads it back. */
const PLAIN = { longs: String, enums: String, bytes: String };
const FOLDER = path.join(import.meta.dirname, 'histories');
const ALL = [...Object.keys(LIVES), ...Object.keys(BULK_LIVES)];
const NAMES = process.env['LIVES_TO_RECORD']?.split(' ') ?? ALL;
let engine: Engine;
let removePlaybook: () => Promise<void>;

beforeAll(async () => {
  const playbook = await playbookWith({ one: ONE_MAIL, ...exampleCadences() });
  removePlaybook = playbook.remove;
  engine = await startEngine({ playbookDir: playbook.dir });
  await mkdir(FOLDER, { recursive: true });
  const old = (await readdir(FOLDER)).filter(
    (file) => NAMES.includes(file.replace(/-\d+\.json$/, '')) || NAMES === ALL,
  );
  await Promise.all(old.map((file) => rm(path.join(FOLDER, file))));
});
afterAll(async () => {
  await engine?.close();
  await removePlaybook?.();
});

test.each(NAMES)('%s', async (name) => {
  const workflowId = await (BULK_LIVES[name]?.(engine) ?? play(engine, name));
  const current = (await engine.handle(workflowId).describe()).runId;
  // A run that is over ends its process a moment later.
  if (name in BULK_LIVES) await engine.handle(workflowId).result();
  const runs = await engine.until(
    () => runsOf(workflowId),
    (ids) => ids.includes(current),
  );
  expect(runs.length).toBeGreaterThan(0);
  for (const [n, runId] of runs.entries()) {
    const { events } = await engine.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const lines = (events ?? [])
      .map((event) => JSON.stringify(HistoryEvent.toObject(HistoryEvent.fromObject(event), PLAIN)))
      .join(',\n');
    await writeFile(path.join(FOLDER, `${name}-${n + 1}.json`), `{"events":[\n${lines}\n]}\n`);
  }
});

/** The runs of a life in their order. Lists of the server lag: the caller asks until the last one is there. */
async function runsOf(workflowId: string): Promise<string[]> {
  const found: { runId: string; at: number }[] = [];
  for await (const run of engine.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    found.push({ runId: run.runId, at: run.executionTime?.getTime() ?? run.startTime.getTime() });
  }
  return found.toSorted((a, b) => a.at - b.at).map(({ runId }) => runId);
}
