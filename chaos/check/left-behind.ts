import { readdir, readFile } from 'node:fs/promises';
import { accepts } from '../../src/stack/ports.ts';

/**
 * What still runs after the stack has stopped: processes that know the folder of this run by their arguments or environment
 * (on Linux), processes that are written down as running, and whoever listens at one of its ports.
 */
export async function leftBehind(dataDir: string, ports: readonly number[]): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    const line = (await read('cmdline')).replaceAll('\0', ' ').trim();
    if (line !== '' && `${line} ${await read('environ')}`.includes(dataDir)) found.push(`${pid} ${line.slice(0, 120)}`);
  }
  for (const file of await readdir(`${dataDir}/run`).catch(() => [])) found.push(`run file ${file}`);
  for (const port of ports) if (await accepts(port)) found.push(`somebody listens at port ${port}`);
  return found;
}
