/** What the supervisor says, and which of it is news of a death that nobody brought about. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isDeath } from '../../chaos/deaths.ts';
import { startChild } from '../../src/stack/child.ts';
import { keepAlive } from '../../src/stack/keep-alive.ts';

test('a process that ended by any code or signal but SIGKILL has died', () => {
  const ended = (how: string, name = 'worker-1') => isDeath(`${name} ended (${how}); starting it again in 0.5 s.`);
  for (const how of ['exit code 1', 'exit code 134', 'exit code 0', 'signal SIGABRT', 'signal SIGSEGV'])
    expect(ended(how)).toBe(true);
  expect(ended('exit code 1', 'api-2')).toBe(true);
  expect(ended('signal SIGKILL')).toBe(false);
  expect(ended('exit code 1', 'sink')).toBe(false);
  expect(isDeath('worker-1 did not start: worker-1 ended while starting (exit code 1). …')).toBe(false);
  expect(isDeath('worker-1 is back.')).toBe(false);
});

test('the supervisor reports a death in these words, and does not report a process that it stopped', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-deaths-'));
  const said: string[] = [];
  const kept = await keepAlive(
    'worker-1',
    () =>
      startChild({
        name: 'worker-1',
        command: process.execPath,
        args: ['-e', "process.send('ready'); setInterval(() => {}, 1000)"],
        channel: true,
        dataDir,
      }),
    (text) => said.push(text),
  );
  try {
    const pid = kept.current()?.pid ?? 0;
    process.kill(pid, 'SIGABRT');
    await expect.poll(() => kept.current()?.pid ?? pid).not.toBe(pid);
  } finally {
    await kept.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  expect(said.filter((text) => isDeath(text))).toEqual([expect.stringContaining('signal SIGABRT')]);
  expect(said.filter((text) => text.includes('ended'))).toHaveLength(1);
});
