/** The command `publish`, and what `npm start` does in development while it runs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApi } from '../../src/api/server.ts';
import { planCommand } from '../../src/cli/plan.ts';
import { publishCommand, publishFolders } from '../../src/cli/publish.ts';
import { publishAtStart, publishWhileRunning } from '../../src/cli/publish-in-development.ts';
import { type Config, loadConfig } from '../../src/runtime/config.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { closeDb, createDb } from '../../src/store/db.ts';
import { newestRevision, readRules } from '../../src/store/rules/read-rules.ts';
import { ONE_MAIL, playbookWith } from '../crash/playbook.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const ENTRY = path.join(ROOT, 'src', 'cli', 'main.ts');
const A_MAIL = ONE_MAIL.trimStart().replace('One mail', 'A mail');
const BROKEN = ONE_MAIL.trimStart().replace('priority', 'priorty');

let database: TestDatabase;
let folder: { dir: string; remove(): Promise<void> };
let dataDir: string;
let config: Config;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await playbookWith({ one: ONE_MAIL });
});
afterAll(() => folder?.remove());
beforeEach(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-data-'));
  await write('one', ONE_MAIL.trimStart());
  env = {
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
    PLAYBOOK_DIR: folder.dir,
    DATA_DIR: dataDir,
    TEMPLATES_DIR: path.join(ROOT, 'test', 'fixtures', 'templates'),
  };
  config = loadConfig(env);
  return async () => {
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
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

test('publish says the number and what changed; the same again is said so; list shows both', async () => {
  const first = await cli('publish', '--author', 'Helen', '--note', 'The beginning');
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toContain('Published playbook revision 1:\n');
  expect(await cli('publish')).toEqual({
    code: 0,
    out: 'Nothing changed: playbook revision 1 says the same already.\n',
    err: '',
  });
  await write('one', A_MAIL);
  expect((await cli('publish', '--base', '1')).out).toBe(
    'Published playbook revision 2:\n  changed  cadences/one.yaml\n',
  );
  const list = (await cli('playbook', 'list')).out;
  expect(list).toMatch(/2.*\n[\s\S]*1.*Helen.*│ stay.*│ The beginning/);
});

test('a mistake and an outdated base end with exit code 2, and publish nothing', async () => {
  await publishFolders(config, { author: 'Helen' });
  await write('one', BROKEN);
  const broken = await cli('publish');
  expect(broken).toMatchObject({ code: 2, out: '' });
  expect(broken.err).toMatch(/cadences\/one\.yaml:3:1 {2}priorty: .*did you mean "priority"\?/);
  await write('one', A_MAIL);
  const outdated = await cli('publish', '--base', '7');
  expect(outdated).toMatchObject({ code: 2, out: '' });
  expect(outdated.err).toContain('The newest playbook revision is 1, not 7');
  expect(await newest()).toBe(1);
});

test('an older checkout does not publish what is in force no more, unless that is meant', async () => {
  await publishFolders(config, { author: 'Helen' });
  await write('one', A_MAIL);
  await publishFolders(config, { author: 'Ines' });
  await write('one', ONE_MAIL.trimStart());
  const refused = await cli('publish');
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toMatch(/playbook revision 1 says \(by Helen, .*\)\. The newest is 2 \(by Ines, /);
  expect(await newest()).toBe(2);
  expect((await cli('publish', '--again')).out).toContain('Published playbook revision 3:\n');
});

test('a plan that would change nothing names no command', async () => {
  await publishFolders(config, { author: 'Helen' });
  for (const mode of ['pinned', 'amend', 'migrate', 'restart'] as const)
    expect((await planCommand(config, { mode })).text, mode).not.toContain('To do it');
  await write('one', A_MAIL);
  expect((await planCommand(config, { mode: 'amend' })).text).toContain('To do it: npx nurture publish');
});

test('a roll back publishes what an earlier revision says, whatever the files say; the plan shows it first', async () => {
  await publishFolders(config, { author: 'Helen' });
  await write('one', A_MAIL);
  await publishFolders(config, { author: 'Ines' });
  await write('one', BROKEN);
  const plan = await planCommand(config, { mode: 'pinned', revision: 1 });
  expect(plan.text).toContain('changed  cadences/one.yaml');
  expect(plan.text).toContain('To do it: npx nurture publish --base 2 --revision 1');
  const done = await publishCommand(config, { author: 'Jon', revision: 1, base: 2 });
  expect(done.text).toContain('Published playbook revision 3:\n  changed  cadences/one.yaml');
  const db = createDb(database.url, { max: 1 });
  try {
    const [first, third] = [await readRules(db, 1), await readRules(db, 3)];
    expect({ ...third, revision: 1 }).toEqual(first);
    expect(await db.playbookRevision.findUnique({ where: { number: 3 } })).toMatchObject({
      author: 'Jon',
      note: 'Back to revision 1',
    });
  } finally {
    await closeDb(db);
  }
  await expect(publishCommand(config, { revision: 7 })).rejects.toThrow(
    'There is no playbook revision 7: the newest is 3.',
  );
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
      await expect.poll(() => said.join('\n')).toContain(text);
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

  test('a start does not set back what somebody else published since, and says so; a change of the folder is published', async () => {
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    await publishAtStart(config, say);
    // Another machine publishes.
    await write('one', A_MAIL);
    await publishFolders({ ...config, dataDir: path.join(dataDir, 'other') }, { author: 'Ines' });
    await write('one', ONE_MAIL.trimStart());
    await publishAtStart(config, say);
    expect(said.at(-1)).toMatch(/playbook revision 2 \(by Ines, .*\) is newer: revision 2 stays in force/);
    // The same without a memory, as in a fresh checkout of an old state.
    await publishAtStart({ ...config, dataDir: path.join(dataDir, 'fresh') }, say);
    expect(said.at(-1)).toContain('revision 2 stays in force');
    expect(await newest()).toBe(2);
    await write('one', ONE_MAIL.trimStart().replace('One mail', 'Mine'));
    await publishAtStart(config, say);
    expect(said.at(-1)).toBe('  published playbook revision 3: cadences/one.yaml changed');
    // Going back to what was is a change too.
    await write('one', A_MAIL);
    await publishAtStart(config, say);
    expect(said.at(-1)).toBe('  published playbook revision 4: cadences/one.yaml changed');
    // What was published by hand is no change of the folder.
    await write('one', ONE_MAIL.trimStart());
    await publishFolders(config, { author: 'Helen', again: true });
    await write('one', A_MAIL);
    await publishFolders({ ...config, dataDir: path.join(dataDir, 'other') }, { author: 'Ines', again: true });
    await write('one', ONE_MAIL.trimStart());
    await publishAtStart(config, say);
    expect(said.at(-1)).toContain('revision 6 (by Ines');
    expect(await newest()).toBe(6);
  });

  test('what was rolled back stays rolled back until that very file is changed; what a changed file names comes along', async () => {
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    await write('two', ONE_MAIL.trimStart().replace('source: one', 'source: two'));
    await publishAtStart(config, say);
    await write('one', A_MAIL);
    await write('three', ONE_MAIL.trimStart().replace('source: one', 'source: three'));
    await publishAtStart(config, say);
    expect(said.at(-1)).toBe('  published playbook revision 2: cadences/one.yaml changed, cadences/three.yaml new');
    const { text } = await publishCommand(config, { revision: 1 });
    expect(text).toContain(
      'These files say something else than what is in force now:\n  cadences/one.yaml\n  cadences/three.yaml\n',
    );
    expect(text).toContain('stays rolled back until it is changed');
    await publishAtStart(config, say);
    expect(said.at(-1)).toContain('revision 3 stays in force');
    const other = ONE_MAIL.trimStart().replace('source: one', 'source: other');
    await write('two', other);
    await publishAtStart(config, say);
    expect(said.at(-1)).toMatch(/^ {2}published playbook revision 4: cadences\/two\.yaml changed\n/);
    expect(said.at(-1)).toContain('rolled back since: cadences/one.yaml, cadences/three.yaml.');
    const tick = said.length;
    await publishAtStart(config, say);
    expect(said.slice(tick)).toEqual([]);
    await write('two', other.replace('whenDone: dormant', 'whenDone: { move: three }'));
    await publishAtStart(config, say);
    expect(said.at(-1)).toMatch(
      /^ {2}published playbook revision 5: cadences\/three\.yaml new, cadences\/two\.yaml changed\n/,
    );
    await write('one', A_MAIL.replace('A mail', 'Mine'));
    await publishAtStart(config, say);
    expect(said.at(-1)).toBe('  published playbook revision 6: cadences/one.yaml changed');
    await rm(cadenceFile('two'));
    await rm(cadenceFile('three'));
  });

  test('with PUBLISH_ON_SAVE=off only the first revision of a database is published by a start', async () => {
    const said: string[] = [];
    const off = { ...config, publishOnSave: false };
    await publishAtStart(off, (text) => void said.push(text));
    await write('one', A_MAIL);
    await publishAtStart(off, (text) => void said.push(text));
    expect(said.at(-1)).toContain('waits for `npx nurture publish`');
    expect(await newest()).toBe(1);
    await publishCommand(config, { author: 'Helen' });
    const again = await publishCommand(config, { author: 'Helen', note: 'Words' });
    expect(again.text).toContain('The note was not kept');
  });
});
