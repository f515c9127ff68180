import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { LOCK_FILE } from '../../src/stack/data-dir.ts';
import { accepts } from '../../src/stack/ports.ts';

/**
 * What still runs after the stack has stopped (on Linux):
 * - processes with the folder of this run in their arguments or environment;
 * - processes that work in the folder of the cluster, as PostgreSQL's children do, which show neither;
 * - processes that a file of the folder names as running;
 * - programs that listen at a port of the stack, or at one that Temporal uses for itself.
 */
export async function leftBehind(dataDir: string, ports: readonly number[]): Promise<string[]> {
  const found: string[] = [];
  // It may lie elsewhere, with a link to it.
  const cluster = await realpath(path.join(dataDir, 'postgres')).catch(() => undefined);
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    const line = (await read('cmdline')).replaceAll('\0', ' ').trim();
    if (line === '') continue;
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    const isOurs = `${line} ${await read('environ')}`.includes(dataDir) || folder === cluster;
    if (isOurs) found.push(`${pid} ${line.slice(0, 120)}`);
  }
  const runFiles = await readdir(`${dataDir}/run`).catch(() => []);
  found.push(...runFiles.filter((file) => file !== LOCK_FILE).map((file) => `run file ${file}`));
  for (const port of [...ports, ...(await portsOfTemporal(dataDir))])
    if (await accepts(port)) found.push(`somebody listens at port ${port}`);
  return found;
}

/** The ports of its services among themselves, as it wrote them down. */
async function portsOfTemporal(dataDir: string): Promise<number[]> {
  const text = await readFile(path.join(dataDir, 'temporal', 'ports.json'), 'utf8').catch(() => '[]');
  return JSON.parse(text) as number[];
}
