/** What lies under DATA_DIR is for its owner alone. */
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepPrivate } from '../../src/stack/private-folder.ts';

let folder: string;
let umask: number;
beforeEach(async () => {
  umask = process.umask(0o022);
  folder = await mkdtemp(path.join(tmpdir(), 'nurture-private-'));
});
afterEach(async () => {
  process.umask(umask);
  await rm(folder, { recursive: true, force: true });
});

const rightsOf = async (...parts: string[]): Promise<string> =>
  ((await stat(path.join(folder, ...parts))).mode & 0o777).toString(8);

test('what an earlier version left readable becomes private', async () => {
  await mkdir(path.join(folder, 'mail'));
  await writeFile(path.join(folder, 'mail', 'one.eml'), 'https://…/r/token');
  await chmod(folder, 0o755);
  expect(await rightsOf('mail', 'one.eml')).toBe('644');
  await keepPrivate(folder);
  expect([await rightsOf('mail'), await rightsOf('mail', 'one.eml')]).toEqual(['700', '600']);
  expect((Number(await rightsOf()) % 10) & 4).toBe(0);
});

test('what is made from then on is private, whatever the umask was', async () => {
  await keepPrivate(folder);
  await mkdir(path.join(folder, 'logs'));
  await writeFile(path.join(folder, 'logs', 'api.log'), 'a line');
  expect([await rightsOf('logs'), await rightsOf('logs', 'api.log')]).toEqual(['700', '600']);
});
