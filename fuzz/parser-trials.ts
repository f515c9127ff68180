/** Tries inputs on parsers in a separate thread, so that a parser that never ends is reported like any other failure. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import type { ParserModule, ThreadData } from './parser-thread.ts';
import type { ParserTarget } from './parsers.ts';
import type { Outcome } from './report.ts';

export interface Trials {
  targets: readonly ParserTarget[];
  /** Runs one target. Each failure is one line with its input, shortened. */
  fuzz(target: ParserTarget, seed: number, runs: number): Promise<Outcome>;
  close(): Promise<void>;
}

/** Far longer than what counts as too slow. An input that takes this long is reported as never ending. */
const GIVEN_UP_MS = 30_000;

/**
 * @param parsers Address of a module that gives the targets
 * @param givenUpMs How long an input of a target may take
 */
export async function openTrials(
  parsers: string = new URL('parsers.ts', import.meta.url).href,
  givenUpMs: (target: string) => number = () => GIVEN_UP_MS,
): Promise<Trials> {
  const { parserTargets } = (await import(parsers)) as ParserModule;
  const folder = await mkdtemp(path.join(tmpdir(), 'nurture-fuzz-parsers-'));
  let thread: Worker | undefined;

  async function start(): Promise<Worker> {
    const workerData: ThreadData = { parsers, folder };
    // The same stack size as in API and worker: with a larger one, an overflow there would not be found.
    const resourceLimits = { stackSizeMb: 1 };
    const started = new Worker(new URL('parser-thread.ts', import.meta.url), { workerData, resourceLimits });
    await once(started, 'message');
    return started;
  }

  async function stop(): Promise<void> {
    await thread?.terminate();
    thread = undefined;
  }

  /** What went wrong, or null. After the thread was ended, the next input gets a new one. */
  async function tryOne(name: string, input: unknown): Promise<{ problem: string | null; ended: boolean }> {
    const asked = (thread ??= await start());
    const patience = new AbortController();
    const { signal } = patience;
    const ms = givenUpMs(name);
    try {
      asked.postMessage([name, input]);
      return await Promise.race([
        once(asked, 'message', { signal }).then(([problem]) => ({ problem: problem as string | null, ended: false })),
        once(asked, 'exit', { signal }).then(() => ({ problem: 'ended the thread', ended: true })),
        after(ms, { problem: `not done after ${ms} ms`, ended: true }, { signal }),
      ]);
    } catch (error) {
      return { problem: `ended the thread with ${String(error)}`, ended: true };
    } finally {
      patience.abort();
    }
  }

  async function fuzz(target: ParserTarget, seed: number, runs: number): Promise<Outcome> {
    const failures: string[] = [];
    let requests = 0;
    const inputs = fc.sample(target.inputs, { seed, numRuns: Math.ceil(runs * target.share) });
    for (const input of [...target.known, ...inputs]) {
      requests += 1;
      const { problem, ended } = await tryOne(target.name, input);
      if (problem !== null) failures.push(`${problem} for ${JSON.stringify(input)?.slice(0, 300)}`);
      if (!ended) continue;
      // The same loop would be found again and again, and each time takes the whole time limit.
      failures.push('the inputs after it were left out');
      await stop();
      break;
    }
    return { part: 'parsers', about: target.name, operations: 1, requests, failures };
  }

  return {
    targets: parserTargets(folder),
    fuzz,
    close: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
