/** The command `publish`, and what `npm start` does in development while it runs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApi } from '../../src/api/server.ts';
import { publishAtStart, publishWhileRunning } from '../../src/cli/publish.ts';
import { type Config, loadConfig } from '../../src/runtime/config.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { closeDb, createDb } from '../../src/store/db.ts';
import { newestRevision } from '../../src/store/rules/read-rules.ts';
import { ONE_MAIL, playbookWith } from '../crash/playbook.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const ENTRY = path.join(ROOT, 'src', 'cli', 'main.ts');
const BROKEN = ONE_MAIL.trimStart().replace('priority', 'priorty');

let database: TestDatabase;
let folder: { dir: string; remove(): Promise<void> };
let config: Config;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await playbookWith({ one: ONE_MAIL });
});
afterAll(() => folder?.remove());
beforeEach(async () => {
  database = await createTestDatabase();
  await write('one', ONE_MAIL.trimStart());
  env = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    PLAYBOOK_DIR: folder.dir,
    TEMPLATES_DIR: path.join(ROOT, 'test', 'fixtures', 'templates'),
  };
  config = loadConfig(env);
  return () => database.drop();
});

const cadenceFile = (key: string): string => path.join(folder.dir, 'cadences', `${key}.yaml`);
const write = (key: string, yaml: string): Promise<void> => writeFile(cadenceFile(key), yaml);

async function newest(): Promise<number> {
  const db = createDb(database.url, { max: 1 });
  try {
    return await newestRevision(db);
  } finally {
    await closeDb(db);
  }
}

/** A command of the product, as a process. */
async function cli(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd: ROOT, env: { ...process.env, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

test(
  'publish says the number and what changed; the same again is said so; list shows both',
  { timeout: 60_000 },
  async () => {
    const first = await cli('publish', '--author', 'Helen', '--note', 'The beginning');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('Published playbook revision 1:\n');
    expect(await cli('publish')).toEqual({
      code: 0,
      out: 'Nothing changed: playbook revision 1 says the same already.\n',
      err: '',
    });
    await write('one', ONE_MAIL.trimStart().replace('One mail', 'A mail'));
    expect((await cli('publish', '--base', '1')).out).toBe(
      'Published playbook revision 2:\n  changed  cadences/one.yaml\n',
    );
    const list = (await cli('playbook', 'list')).out;
    expect(list).toMatch(/2.*\n[\s\S]*1.*Helen.*The beginning/);
  },
);

test('a mistake and an outdated base end with exit code 2, and publish nothing', { timeout: 60_000 }, async () => {
  await cli('publish');
  await write('one', BROKEN);
  const broken = await cli('publish');
  expect(broken).toMatchObject({ code: 2, out: '' });
  expect(broken.err).toMatch(/cadences\/one\.yaml:3:1 {2}priorty: .*did you mean "priority"\?/);
  await write('one', ONE_MAIL.trimStart().replace('One mail', 'A mail'));
  const outdated = await cli('publish', '--base', '7');
  expect(outdated).toMatchObject({ code: 2, out: '' });
  expect(outdated.err).toContain('The newest playbook revision is 1, not 7');
  expect(await newest()).toBe(1);
});

test('API and worker do not start before something is published, and say what to do', async () => {
  const log = createLogger(config, 'test');
  await expect(startApi({ ...config, port: 0 }, log)).rejects.toMatchObject({ code: 'PLAYBOOK_UNPUBLISHED' });
  expect(await newest()).toBe(0);
});

describe('in development', () => {
  test('a changed file is published while the stack runs; a mistake is told, and what was published goes on', async () => {
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    const heard = async (text: string): Promise<void> => {
      await expect.poll(() => said.join('\n'), { timeout: 10_000 }).toContain(text);
    };
    await publishAtStart(config, say);
    expect(said).toEqual([expect.stringMatching(/^ {2}published playbook revision 1: \d+ files$/)]);
    await publishAtStart(config, say);
    expect(said).toHaveLength(1);
    const stop = publishWhileRunning(config, say);
    try {
      await write('two', ONE_MAIL.trimStart().replace('source: one', 'source: two'));
      await heard('published playbook revision 2: cadences/two.yaml new');
      await write('two', BROKEN);
      await heard('cadences/two.yaml:3:1  priorty: ');
      await heard('Not published: the revision that was published before stays in force.');
      expect(await newest()).toBe(2);
      await rm(cadenceFile('two'));
      await heard('published playbook revision 3: cadences/two.yaml gone');
    } finally {
      await stop();
    }
    await write('one', ONE_MAIL.trimStart().replace('One mail', 'Unseen'));
    expect(await newest()).toBe(3);
  });
});
