/** Commands at the same time on one DATA_DIR: one has the servers, the others use a stack or wait. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePortSettings } from '../../src/stack/ports.ts';
import { takeDataDir, whoHas } from '../../src/stack/data-dir.ts';
import { findSupervisor, recordSupervisor } from '../../src/stack/run-files.ts';
import { SILENT } from '../../src/stack/progress.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-data-dir-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Runs a module of a few lines in a process of its own, with `dataDir` and what it imports from the product. */
function start(lines: string, env: Record<string, string> = {}) {
  const script = `
    import { appendFileSync, existsSync } from 'node:fs';
    import { setTimeout as pause } from 'node:timers/promises';
    const from = (file) => import('${ROOT}/src/' + file);
    const dataDir = ${JSON.stringify(dataDir)};
    const note = (text) => appendFileSync(dataDir + '/notes', text + ' ');
    ${lines}
    process.exit();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, ...env } });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, said }));
  return { child, ended, said: () => said };
}

const notes = async (): Promise<string[]> => (await readFile(path.join(dataDir, 'notes'), 'utf8')).trim().split(' ');

test('of several processes that take a folder at once, one at a time has it', async () => {
  const contenders = Array.from({ length: 6 }, () =>
    start(`
      const { takeDataDir } = await from('stack/data-dir.ts');
      const { forgetSupervisor } = await from('stack/run-files.ts');
      while (!(await takeDataDir(dataDir, 'command'))) await pause(5);
      note('in'); await pause(50); note('out');
      await forgetSupervisor(dataDir);`),
  );
  for (const { ended } of contenders) expect(await ended).toEqual({ code: 0, said: '' });
  expect(await notes()).toEqual(Array.from({ length: 6 }, () => ['in', 'out']).flat());
});

test('a killed process holds nothing', async () => {
  const { child, ended } = start(`
    const { takeDataDir } = await from('stack/data-dir.ts');
    await takeDataDir(dataDir, 'stack'); note('in'); await pause(60_000);`);
  await expect.poll(() => notes().catch(() => [])).toEqual(['in']);
  expect(await takeDataDir(dataDir, 'command')).toBe(false);
  child.kill('SIGKILL');
  await ended;
  expect(await whoHas(dataDir, { progress: SILENT })).toBeNull();
  expect(await takeDataDir(dataDir, 'command')).toBe(true);
});

test('a stack that starts is waited for, and told of once', async () => {
  await recordSupervisor(dataDir, { use: 'stack', isReady: false });
  const { ended } = start(`
    const { whoHas } = await from('stack/data-dir.ts');
    const { createProgress } = await from('stack/progress.ts');
    // It is asked before each look whether it was interrupted.
    const signal = { throwIfAborted: () => note('looks') };
    note((await whoHas(dataDir, { progress: createProgress(), signal })).use);`);
  // Before the third look the second has found the stack starting, as the first did.
  await expect.poll(async () => (await notes().catch(() => [])).length).toBeGreaterThanOrEqual(3);
  await recordSupervisor(dataDir, { use: 'stack', isReady: true });
  const { said } = await ended;
  expect(said).toBe(
    `The stack on ${dataDir} is starting (process ${process.pid}): waiting until it is up. Ctrl-C ends the waiting.\n`,
  );
  expect((await notes()).at(-1)).toBe('stack');
});

test('what an earlier version recorded is a stack that is up', async () => {
  await recordSupervisor(dataDir, { use: 'command', isReady: false });
  const file = path.join(dataDir, 'run', 'supervisor.json');
  const { use: _use, isReady: _isReady, ...old } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify(old));
  expect(await findSupervisor(dataDir)).toMatchObject({ use: 'stack', isReady: true });
});

test('two commands that need a database start one after the other, and both get their answer', async () => {
  const env = { ...(await freePortSettings()), NODE_ENV: 'development', DATA_DIR: dataDir, LOG_LEVEL: 'silent' };
  const command = `
    const { loadConfig } = await from('runtime/config.ts');
    const { withDatabase } = await from('cli/reach.ts');
    await withDatabase(loadConfig(process.env), async (db) => {
      note('in'); await db.$queryRaw\`SELECT count(*) FROM leads\`;
      // The first works until the other has said that it waits.
      while (!existsSync(dataDir + '/waited-for')) await pause(20);
      note('out');
    });`;
  const commands = [start(command, env), start(command, env)];
  const waits = (): boolean => commands.some(({ said }) => said().includes('Another command uses'));
  await expect.poll(waits, { timeout: 60_000 }).toBe(true);
  await writeFile(path.join(dataDir, 'waited-for'), '');
  const both = await Promise.all(commands.map(({ ended }) => ended));
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(await notes()).toEqual(['in', 'out', 'in', 'out']);
  expect(both.filter(({ said }) => said.includes('Another command uses'))).toHaveLength(1);
});
