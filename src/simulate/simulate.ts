/** Simulations: personas go through the real process in virtual time, each in a world of its own. */
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { hintFor } from '../domain/did-you-mean.ts';
import { AppError } from '../domain/errors.ts';
import { byReader } from '../playbook/read-folders.ts';
import type { Config } from '../runtime/config.ts';
import { live } from './life.ts';
import type { Persona } from './persona.ts';
import { readResult } from './read-result.ts';
import type { Simulation } from './result.ts';
import { openStudio, type Studio } from './studio.ts';
import { unknownInPersona } from './unknown-names.ts';
import { openWorld, type World } from './world.ts';

/** One life to be played. */
export interface Wanted {
  persona: Persona;
  /** The cadence it is to go through; null: whichever takes it. */
  cadence: string | null;
  days: number;
  seed: number;
  /** The persona comes in at the first time after this that its file says, epoch milliseconds. */
  fromMs: number;
}

export interface SimulateOptions {
  /** Plays this published playbook revision instead of the files in the folders. */
  revision?: number | undefined;
  /** Of that revision, what its canary tries; without it what is in force for all others. */
  canary?: boolean | undefined;
  signal: AbortSignal;
  /** Called as each life is over. */
  onPlayed?: (simulation: Simulation) => void;
}

/** A life mostly waits for servers, so a few more than there are processors. */
const AT_ONCE = availableParallelism() + 2;

/**
 * Plays lives side by side and returns what came of them, in their order. Afterwards nothing of them is left: no database, no process.
 * @throws AppError PLAYBOOK_INVALID, UNAVAILABLE, TIME_SKIPPING_UNAVAILABLE, CADENCE_UNKNOWN; AbortError when it was interrupted
 */
export async function simulate(
  config: Config,
  wanted: readonly Wanted[],
  { revision, canary, signal, onPlayed }: SimulateOptions,
): Promise<Simulation[]> {
  signal.throwIfAborted();
  const studio = await openStudio(config, { revision, canary });
  // After a failure, or when it is interrupted, no further life begins and those under way end at their next stop.
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const limit = pLimit(Math.min(AT_ONCE, wanted.length));
  try {
    const lives = wanted.map((one, index) =>
      limit(async () => {
        stop.throwIfAborted();
        const simulation = await playOne(studio, one, { name: String(index + 1), signal: stop }).catch(
          (error: unknown) => {
            failed.abort(error);
            throw error;
          },
        );
        onPlayed?.(simulation);
        return simulation;
      }),
    );
    await Promise.allSettled(lives);
    signal.throwIfAborted();
    failed.signal.throwIfAborted();
    return await Promise.all(lives);
  } finally {
    await studio.close();
  }
}

async function playOne(
  studio: Studio,
  wanted: Wanted,
  { name, signal }: { name: string; signal: AbortSignal },
): Promise<Simulation> {
  const world = await openWorld(studio, name);
  try {
    check(world, wanted);
    const lived = await live(studio, world, { ...wanted, signal });
    return await readResult(world, lived, wanted);
  } finally {
    await world.close();
  }
}

/** What the persona's file names has to be in the playbook. */
function check({ store }: World, { persona, cadence }: Wanted): void {
  const { playbook, templates } = store.rules.current();
  const { cadences, events, reasons, routing } = playbook;
  const names = cadences.map((one) => one.cadence);
  if (cadence !== null && !names.includes(cadence))
    throw new AppError('CADENCE_UNKNOWN', `There is no cadence “${cadence}”${hintFor(cadence, names)}.`);
  const unknown = unknownInPersona(persona, {
    cadences: new Set(names),
    ...byReader(templates),
    events: new Set(events.map(({ event }) => event)),
    reasons: new Set(reasons.map(({ reason }) => reason)),
    reps: new Set(routing.reps.map(({ rep }) => rep)),
  });
  if (unknown.length > 0)
    throw new AppError('PLAYBOOK_INVALID', unknown.map((message) => `${persona.file}: ${message}`).join('\n'));
}
