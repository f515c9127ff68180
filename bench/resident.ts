/** Resident memory of the engine's processes. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Stack } from '../src/stack/supervisor.ts';

const run = promisify(execFile);
const SAMPLE_EVERY_MS = 500;

/** Bytes. */
export interface MemoryOfBoth {
  worker: number;
  api: number;
}

export async function sampleMemory(stack: Stack): Promise<MemoryOfBoth> {
  return { worker: await rssOf(stack, 'Worker'), api: await rssOf(stack, 'API') };
}

/** Samples until it is stopped. `stop` returns the maximum of each process. */
export function watchMemory(stack: Stack): { stop(): Promise<MemoryOfBoth> } {
  const most: MemoryOfBoth = { worker: 0, api: 0 };
  const sample = async (): Promise<void> => {
    const { worker, api } = await sampleMemory(stack);
    most.worker = Math.max(most.worker, worker);
    most.api = Math.max(most.api, api);
  };
  let sampling = sample();
  const timer = setInterval(() => {
    sampling = sampling.then(sample);
  }, SAMPLE_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await sampling;
      return most;
    },
  };
}

async function rssOf(stack: Stack, part: string): Promise<number> {
  const pid = stack.find(part)?.pid;
  if (pid === undefined) throw new Error(`${part} does not run`);
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(stdout.trim()) * 1024;
}
