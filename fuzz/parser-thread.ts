/**
 * A thread that tries one input after the other and returns what went wrong, or null. An endless loop blocks only this thread: the
 * caller ends it and knows the input.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { isAppError } from '../src/domain/errors.ts';
import type { ParserTarget } from './parsers.ts';

/** The data that the thread starts with. */
export interface ThreadData {
  /** Address of a module like `./parsers.ts`. */
  parsers: string;
  /** A folder of its own. */
  folder: string;
}

export interface ParserModule {
  parserTargets(folder: string): ParserTarget[];
}

/** One input may take this long on a slow machine. */
const PATIENCE_MS = 5_000;

if (parentPort === null) throw new Error('This runs in a thread beside: see parser-trials.ts');
const asking = parentPort;
const { parsers, folder } = workerData as ThreadData;
const { parserTargets } = (await import(parsers)) as ParserModule;
const targets = new Map(parserTargets(folder).map((target) => [target.name, target]));
asking.on('message', ([name, input]: [string, unknown]) => void answer(name, input));
asking.postMessage('ready');

async function answer(name: string, input: unknown): Promise<void> {
  const target = targets.get(name);
  asking.postMessage(target === undefined ? `there is no parser ${name}` : await problemWith(target, input));
}

async function problemWith(target: ParserTarget, input: unknown): Promise<string | null> {
  const since = performance.now();
  try {
    await target.read(input);
  } catch (error) {
    if (!isAppError(error))
      return error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : 'not an Error';
    if (!target.refusals.includes(error.code)) return `refused with ${error.code}`;
    if (error.message.trim() === '') return 'refused without a word';
  }
  const ms = Math.round(performance.now() - since);
  return ms > PATIENCE_MS ? `took ${ms} ms` : null;
}
