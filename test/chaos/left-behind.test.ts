/** Whatever of a stack lives on is seen, by whichever sign it gives. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { leftBehind } from '../../chaos/check/left-behind.ts';
import { findFreePorts } from '../../src/stack/ports.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-left-behind-'));
  await mkdir(path.join(dataDir, 'temporal'));
  await mkdir(path.join(dataDir, 'cluster'));
  // As where the user of PostgreSQL may not go to the folder of the run.
  await symlink(path.join(dataDir, 'cluster'), path.join(dataDir, 'postgres'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

const STRAYS: [string, () => { args?: string[]; env?: NodeJS.ProcessEnv; cwd?: string }][] = [
  ['by its arguments', () => ({ args: [path.join(dataDir, 'worker')] })],
  ['by its environment', () => ({ env: { DATA_DIR: dataDir } })],
  ['by its folder alone, as a child of PostgreSQL', () => ({ cwd: path.join(dataDir, 'cluster') })],
];

test.skipIf(process.platform !== 'linux').each(STRAYS)('a stray process is seen %s', async (_sign, how) => {
  const { args = [], env = {}, cwd = '/' } = how();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', ...args], { env, cwd, stdio: 'ignore' });
  try {
    await once(child, 'spawn');
    expect(await leftBehind(dataDir, [])).toEqual([expect.stringMatching(new RegExp(`^${child.pid} `))]);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  expect(await leftBehind(dataDir, [])).toEqual([]);
});

test('a program that listens on a port of the run or of Temporal is found, and so is a recorded process', async () => {
  const server = createServer();
  // Not one that the system may give to somebody else as soon as it is free.
  const [port = 0] = await findFreePorts(1);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const said = [`somebody listens at port ${port}`];
  expect(await leftBehind(dataDir, [])).toEqual([]);
  expect(await leftBehind(dataDir, [port])).toEqual(said);
  await writeFile(path.join(dataDir, 'temporal', 'ports.json'), JSON.stringify([port]));
  expect(await leftBehind(dataDir, [])).toEqual(said);
  await new Promise((resolve) => server.close(resolve));
  expect(await leftBehind(dataDir, [port])).toEqual([]);
  await mkdir(path.join(dataDir, 'run'));
  await writeFile(path.join(dataDir, 'run', 'worker-1.json'), '{}');
  expect(await leftBehind(dataDir, [port])).toEqual(['run file worker-1.json']);
  // The lock of the folder names nobody.
  await writeFile(path.join(dataDir, 'run', 'lock.sqlite'), '');
  expect(await leftBehind(dataDir, [port])).toEqual(['run file worker-1.json']);
});
