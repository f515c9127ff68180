/** The embedded PostgreSQL and the lock file that a killed server leaves behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { findFreePorts } from '../../src/stack/ports.ts';
import { startPostgres } from '../../src/stack/postgres.ts';
import { postgresUser } from '../../src/stack/postgres-user.ts';
import { inspectProcess, isIdTaken } from '../../src/stack/process-identity.ts';

let dataDir: string;
let parent: ChildProcess | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-postgres-'));
});
afterEach(async () => {
  parent?.kill('SIGKILL');
  parent = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

/** A process of PostgreSQL's user that has ended and that its parent does not reap, as in a container without an init. */
async function zombie(): Promise<number> {
  const script = 'sleep 0 & echo $!; exec sleep 600';
  parent = spawn('sh', ['-c', script], { ...(await postgresUser()), cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(parent.stdout ?? parent, 'data')) as [Buffer];
  const pid = Number(line.toString());
  await expect.poll(async () => (await inspectProcess(pid)) === undefined && isIdTaken(pid)).toBe(true);
  return pid;
}

test.runIf(process.platform === 'linux')(
  'starts over the lock of a killed server that nobody reaped',
  async () => {
    const [port] = await findFreePorts(1);
    if (port === undefined) throw new Error('no free port');
    const options = { dataDir, port, durable: false };
    const first = await startPostgres(options);
    const clusterDir = await readlink(`/proc/${first.pid}/cwd`);
    await first.stop();
    await writeFile(path.join(clusterDir, 'postmaster.pid'), `${await zombie()}\n${clusterDir}\n`);
    const second = await startPostgres(options);
    expect(second.isAlive()).toBe(true);
    await second.stop();
    await expect(stat(path.join(clusterDir, 'postmaster.pid'))).rejects.toThrow('ENOENT');
  },
  60_000,
);
