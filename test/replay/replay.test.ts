/** The workflow code as it is now goes through histories recorded before: a change that breaks running leads is found here. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, expect, test } from 'vitest';
import { BULK_LIVES } from './bulk-lives.ts';
import { LIVES } from './lives.ts';
import { emailOf, PERSON } from './story.ts';

const { History } = proto.temporal.api.history.v1;
const FOLDER = path.join(import.meta.dirname, 'histories');
const QUIET = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
let recorded: { name: string; json: string }[];

beforeAll(async () => {
  const names = (await readdir(FOLDER)).toSorted();
  recorded = await Promise.all(
    names.map(async (name) => ({ name, json: await readFile(path.join(FOLDER, name), 'utf8') })),
  );
});

/** By name of the history: null, or why it did not replay. */
async function replay(workflows: string): Promise<Map<string, Error | null>> {
  const workflowsPath = fileURLToPath(new URL(workflows, import.meta.url));
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath,
    preloadModules: [workflowsPath],
    logger: QUIET,
  });
  const histories = recorded.map(({ name, json }) => ({
    workflowId: name,
    history: History.fromObject(JSON.parse(json) as object),
  }));
  const results = new Map<string, Error | null>();
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories)) {
    results.set(workflowId, error ?? null);
  }
  return results;
}

test('every life is recorded', () => {
  const lives = new Set(recorded.map(({ name }) => name.replace(/-\d+\.json$/, '')));
  expect([...lives].toSorted()).toEqual([...Object.keys(LIVES), ...Object.keys(BULK_LIVES)].toSorted());
});

test('every recorded history replays', async () => {
  const failed = [...(await replay('../../src/workflows/index.ts'))].filter(([, error]) => error !== null);
  expect(failed.map(([name, error]) => `${name}: ${error?.message}`)).toEqual([]);
});

test('a changed workflow does not replay', async () => {
  const results = await replay('changed-workflow/index.ts');
  expect(results.size).toBe(recorded.length);
  for (const [name, error] of results) expect(error, name).toBeInstanceOf(DeterminismViolationError);
});

/** Of people; a process's own identity is a number at a machine, a version a package at a number. */
const ADDRESS = /[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}/;

test('no history holds personal data', () => {
  const words = [...Object.values(PERSON), PERSON.phone.replaceAll(' ', ''), ...Object.keys(LIVES).map(emailOf)];
  for (const { name, json } of recorded) {
    const text = `${json.replaceAll(/"identity":"[^"]*"/g, '')}\n${decoded(JSON.parse(json)).join('\n')}`.toLowerCase();
    // What is looked for would be found: the payloads can be read.
    expect(text, name).toMatch(/"leadid":"lead-|"runid":"run-|"broadcastid":"bcast-/);
    expect(ADDRESS.exec(text)?.[0], name).toBeUndefined();
    for (const word of words) expect(text.includes(word.toLowerCase()), `${word} in ${name}`).toBe(false);
  }
});

/** Every payload anywhere in a history, as text. */
function decoded(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('data' in value && typeof value.data === 'string') return [Buffer.from(value.data, 'base64').toString('utf8')];
  return Object.values(value).flatMap(decoded);
}
