/** A fault whose target is down for a moment strikes a moment later, and one that never strikes is told from one that did. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { nameOf } from '../../chaos/faults/strike.ts';
import { type Range, shoot } from '../../chaos/faults/shoot.ts';

test('a process that is already down is killed when it is back', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const said: string[] = [];
  let looks = 0;
  const stack = { pid: () => ((looks += 1) > 2 ? child.pid : undefined) };
  const range = { stack, say: (text: string) => said.push(text) } as unknown as Range;
  const struck = await shoot(range, [{ atMs: 0, fault: { kind: 'kill', target: 'worker-1' } }], Date.now());
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(struck.map((fault) => nameOf(fault))).toEqual(['kill -9 worker-1']);
  expect(said).toEqual(['worker-1 is down already', 'kill -9 worker-1']);
});
