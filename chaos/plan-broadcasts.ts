/**
 * What the marketer does in a run: one broadcast that is paused and resumed, one that tries two subjects on a share first, one that is
 * canceled, and an issue of a newsletter.
 */
import { randomOf } from './random.ts';

export type Casting =
  | { kind: 'plan'; broadcast: string; rate: number; isTrial?: boolean }
  | { kind: 'preview' | 'start' | 'pause' | 'resume' | 'cancel'; broadcast: string }
  /** Its schedule fires, until Temporal says that it did. */
  | { kind: 'fire'; newsletter: string };

export interface PlannedCasting {
  atMs: number;
  act: Casting;
}

/** Of chaos/playbook/newsletters.yaml. */
export const NEWSLETTER = 'weekly';

export function castingOf(seed: number, leads: number, durationMs: number): PlannedCasting[] {
  const random = randomOf(seed, 'broadcasts');
  const at = (share: number): number => Math.round(durationMs * (share + random.next() * 0.03));
  /** So that it lasts for a third of the run. */
  const rate = Math.max(30, Math.round((leads * 60_000 * 3) / durationMs));
  const paused = `news-${seed}`;
  const tried = `tried-${seed}`;
  const canceled = `cut-${seed}`;
  return [
    { atMs: at(0.22), act: { kind: 'plan', broadcast: paused, rate } },
    { atMs: at(0.25), act: { kind: 'preview', broadcast: paused } },
    { atMs: at(0.28), act: { kind: 'start', broadcast: paused } },
    { atMs: at(0.31), act: { kind: 'plan', broadcast: tried, rate, isTrial: true } },
    { atMs: at(0.34), act: { kind: 'preview', broadcast: tried } },
    { atMs: at(0.37), act: { kind: 'start', broadcast: tried } },
    { atMs: at(0.42), act: { kind: 'pause', broadcast: paused } },
    { atMs: at(0.45), act: { kind: 'pause', broadcast: tried } },
    { atMs: at(0.48), act: { kind: 'resume', broadcast: paused } },
    { atMs: at(0.51), act: { kind: 'resume', broadcast: tried } },
    { atMs: at(0.55), act: { kind: 'plan', broadcast: canceled, rate } },
    { atMs: at(0.58), act: { kind: 'preview', broadcast: canceled } },
    { atMs: at(0.61), act: { kind: 'start', broadcast: canceled } },
    { atMs: at(0.68), act: { kind: 'cancel', broadcast: canceled } },
    { atMs: at(0.78), act: { kind: 'fire', newsletter: NEWSLETTER } },
  ];
}
