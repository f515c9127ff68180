/** A program that is asked to end twice stops what it started all the same. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const MODULE = path.join(import.meta.dirname, '..', '..', 'src', 'stack', 'interruption.ts');
const PROGRAM = `
import { setTimeout as sleep } from 'node:timers/promises';
import { onInterruption, untilSignal } from ${JSON.stringify(MODULE)};
const interrupted = onInterruption(() => console.log('Stopping …'));
const timer = setInterval(() => {}, 1000);
console.log('up');
await untilSignal(interrupted);
await sleep(300);
console.log('stopped');
clearInterval(timer);
`;

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s, twice: it says so once, and stops in order',
  async (signal) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM]);
    let said = '';
    child.stdout.on('data', (chunk) => (said += String(chunk)));
    const ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
    await expect.poll(() => said).toContain('up');
    child.kill(signal);
    await expect.poll(() => said).toContain('Stopping');
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(said).toBe('up\nStopping …\nstopped\n');
  },
);
