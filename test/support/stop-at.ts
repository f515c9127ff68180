/** Stops the code at a named race point (src/runtime/race-points.ts), so that a test meets its race every time. */
import { type RacePoint, watchRacePoints } from '../../src/runtime/race-points.ts';

export interface Stop extends Disposable {
  /** Resolves with the subject once somebody stands at the point; rejects when nobody came in time. */
  readonly reached: Promise<string>;
  /** Lets go on who stands there. Also when the test is over. */
  go(): void;
}

interface Waiting {
  point: RacePoint;
  isMeant: (subject: string) => boolean | Promise<boolean>;
  arrive: (subject: string) => void;
  gate: Promise<void>;
}

const waiting = new Set<Waiting>();

/**
 * Stops the first that comes to the point from now on; who comes after it passes. `whose`: the subject meant, or what tells by
 * the subject whether it is meant; anybody without it.
 */
export function stopAt(point: RacePoint, whose: string | Waiting['isMeant'] = () => true, timeoutMs = 60_000): Stop {
  const gate = Promise.withResolvers<void>();
  const arrival = Promise.withResolvers<string>();
  const timer = setTimeout(() => arrival.reject(new Error(`Nobody came to ‘${point}’ in ${timeoutMs} ms`)), timeoutMs);
  // Who does not ask need not hear of it.
  arrival.promise.catch(() => undefined);
  const stop: Waiting = {
    point,
    isMeant: typeof whose === 'string' ? (subject) => subject === whose : whose,
    arrive: (subject) => {
      clearTimeout(timer);
      arrival.resolve(subject);
    },
    gate: gate.promise,
  };
  waiting.add(stop);
  watchRacePoints(standStill);
  const go = (): void => {
    clearTimeout(timer);
    waiting.delete(stop);
    gate.resolve();
  };
  return { reached: arrival.promise, go, [Symbol.dispose]: go };
}

async function standStill(point: RacePoint, subject: string): Promise<void> {
  for (const stop of waiting) {
    if (stop.point !== point || !(await stop.isMeant(subject))) continue;
    // Another may have come while it was asked who is meant.
    if (!waiting.delete(stop)) continue;
    stop.arrive(subject);
    return stop.gate;
  }
}
