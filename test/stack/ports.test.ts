import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { reservePort, findFreePorts, isFree } from '../../src/stack/ports.ts';

const PORTS = fileURLToPath(new URL('../../src/stack/ports.ts', import.meta.url));

/** Another process that reserved a port and lives until it is killed. */
async function reserveElsewhere(port?: number): Promise<{ port: number; kill(): Promise<void> }> {
  const source = `
    const { reservePort, findFreePorts } = await import(${JSON.stringify(PORTS)});
    const port = ${port ?? '(await findFreePorts(1))[0]'};
    console.log(await reservePort(port) ? port : 0);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [answer] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    port: Number(answer.toString()),
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('a port that another process found, and does not listen on yet, is not found again', async () => {
  const other = await reserveElsewhere();
  try {
    expect(await isFree(other.port)).toBe(true);
    expect(await reservePort(other.port)).toBe(false);
  } finally {
    await other.kill();
  }
  expect(await reservePort(other.port)).toBe(true);
});

test('found ports differ, and are this process’s', async () => {
  const ports = [...(await findFreePorts(20)), ...(await findFreePorts(20))];
  expect(new Set(ports).size).toBe(40);
  const other = await reserveElsewhere(ports[0]);
  await other.kill();
  expect(other.port).toBe(0);
});
