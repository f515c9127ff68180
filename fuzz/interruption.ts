import { untilSignal } from '../src/stack/interruption.ts';

/** Waits for work that may be abandoned when the run is interrupted. @throws the signal's reason then */
export function unlessInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return Promise.race([work, untilSignal(signal).then(() => Promise.reject(signal.reason as Error))]);
}
