/** What the manager of the team does in a run: a rep falls ill, their leads are handed over, and they come back. */
import { randomOf } from './random.ts';

/** Reps of chaos/playbook/routing.yaml who get leads in turn. */
export const REPS = ['ada', 'bob', 'cleo', 'dino'] as const;
type Rep = (typeof REPS)[number];

export type Managing =
  | { kind: 'away'; rep: Rep; deputy: Rep }
  | { kind: 'back'; rep: Rep }
  /** All open leads of the rep at that moment, by the board. To the team, or to one rep. */
  | { kind: 'hand-over'; rep: Rep; to: string };

export interface PlannedManaging {
  atMs: number;
  act: Managing;
}

/** One rep after the other is away, so that a deputy is there. */
const ABSENCE_EVERY_MS = 120_000;

export function managingOf(seed: number, durationMs: number): PlannedManaging[] {
  const random = randomOf(seed, 'managers');
  const rounds = Math.max(1, Math.round(durationMs / ABSENCE_EVERY_MS));
  const length = durationMs / rounds;
  return Array.from({ length: rounds }, (_, round) => {
    const [ill, deputy, busy, other] = random.shuffled(REPS) as [Rep, Rep, Rep, Rep];
    const at = (share: number): number => Math.round(length * (round + share + random.next() * 0.05));
    return [
      { atMs: at(0.25), act: { kind: 'away', rep: ill, deputy } },
      { atMs: at(0.32), act: { kind: 'hand-over', rep: ill, to: 'team:north' } },
      { atMs: at(0.55), act: { kind: 'hand-over', rep: busy, to: `rep:${other}` } },
      { atMs: at(0.75), act: { kind: 'back', rep: ill } },
    ] satisfies PlannedManaging[];
  }).flat();
}
