import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { startChild } from '../../src/stack/child.ts';
import { requireFreePorts } from '../../src/stack/ports.ts';
import { keepAlive } from '../../src/stack/keep-alive.ts';
import { inspectProcess, isRunning } from '../../src/stack/process-identity.ts';
import { endOrphans, findOrphans, recordProcess } from '../../src/stack/run-files.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-processes-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

const SLEEPER = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };

function orphan(script = SLEEPER.args): number {
  const child = spawn(SLEEPER.command, script, { detached: true, stdio: 'ignore' });
  child.unref();
  return child.pid ?? 0;
}

test('an orphan of an earlier run is recognized and ended', async () => {
  const pid = orphan();
  await recordProcess(dataDir, 'worker', pid, 'SIGTERM');
  expect((await findOrphans(dataDir)).map((found) => found.pid)).toEqual([pid]);
  expect(await endOrphans(dataDir)).toEqual(['worker']);
  expect(await inspectProcess(pid)).toBeUndefined();
  expect(await findOrphans(dataDir)).toEqual([]);
});

test('an unrelated process under a recorded id is never touched', async () => {
  const pid = orphan();
  try {
    await recordProcess(dataDir, 'worker', pid, 'SIGTERM');
    const file = path.join(dataDir, 'run', 'worker.json');
    const record = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...record, startedAt: 'another boot/1' }));
    expect(await endOrphans(dataDir)).toEqual([]);
    expect(await inspectProcess(pid)).toBeDefined();
  } finally {
    process.kill(pid, 'SIGKILL');
  }
});

test('a half-written record ends nothing', async () => {
  await recordProcess(dataDir, 'worker', process.pid, 'SIGTERM');
  await writeFile(path.join(dataDir, 'run', 'worker.json'), '{"pid": 1');
  expect(await endOrphans(dataDir)).toEqual([]);
});

test('a child that ignores its stop signal is ended by force', async () => {
  const child = await startChild({
    name: 'stubborn',
    command: process.execPath,
    args: ['-e', "process.on('SIGTERM', () => {}); process.send('ready'); setInterval(() => {}, 1000)"],
    channel: true,
    dataDir,
    stopTimeoutMs: 200,
  });
  const identity = await inspectProcess(child.pid);
  await child.stop();
  expect(await child.ended).toBe('signal SIGKILL');
  expect(identity !== undefined && (await isRunning(identity))).toBe(false);
});

test('a child that ends while starting says why', async () => {
  const failing = startChild({
    name: 'failing',
    command: process.execPath,
    args: ['-e', "console.error('no such playbook'); process.exit(3)"],
    channel: true,
    dataDir,
  });
  await expect(failing).rejects.toThrow(/failing ended while starting \(exit code 3\)[\s\S]*no such playbook/);
});

test('a process that dies is started again, and says so', async () => {
  const said: string[] = [];
  const kept = await keepAlive(
    'sleeper',
    () => startChild({ ...SLEEPER, name: 'sleeper', dataDir }),
    (text) => said.push(text),
  );
  const first = kept.current()?.pid ?? 0;
  process.kill(first, 'SIGKILL');
  await expect.poll(() => said.at(-1)).toBe('sleeper is back.');
  const second = kept.current()?.pid ?? 0;
  expect(second).not.toBe(first);
  await kept.stop();
  expect(said).toEqual(['sleeper ended (signal SIGKILL); starting it again in 0.5 s.', 'sleeper is back.']);
  expect(await inspectProcess(second)).toBeUndefined();
});

test('a busy port gets one line with the port and the variable', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await expect(requireFreePorts([{ port, purpose: 'the API', variable: 'PORT' }])).rejects.toThrow(
      `Port ${port}, wanted for the API, is in use by another program: stop that program, or set PORT to a free port.`,
    );
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('one port for two purposes is found before anything starts', async () => {
  const uses = [
    { port: 23_456, purpose: 'the API', variable: 'PORT' },
    { port: 23_456, purpose: 'the mail inbox', variable: 'SMTP_PORT' },
  ];
  await expect(requireFreePorts(uses)).rejects.toThrow(/both the API \(PORT\) and the mail inbox \(SMTP_PORT\)/);
});
