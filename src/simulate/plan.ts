/** What is going to happen in a simulated life because people do it, in the order of time. */
import type { RepAnswer, RepOutcome } from './persona.ts';
import type { LeadSubmission } from '../store/capture/submission.ts';

export type Act =
  | { kind: 'open' | 'reply' | 'unsubscribe'; sendId: string }
  /** `link`: its words, or its number from 1; the first without it. */
  | { kind: 'click'; sendId: string; link?: string | number }
  | { kind: 'event'; type: string; properties: Readonly<Record<string, unknown>> }
  | { kind: 'request'; request: LeadSubmission }
  | { kind: 'decide'; assignmentId: string; answer: RepAnswer }
  | { kind: 'outcome'; outcome: Outcome }
  | { kind: 'task'; taskId: string; result: string | null };

export type Outcome = Omit<RepOutcome, 'after'>;

/** `atMs`: epoch milliseconds, on the lead's clock. */
export interface Planned {
  atMs: number;
  act: Act;
}

export class Plan {
  private readonly planned: Planned[] = [];

  /** Of acts at one instant the one added first comes first. */
  add(...acts: readonly Planned[]): void {
    this.planned.push(...acts);
    this.planned.splice(0, this.planned.length, ...this.planned.toSorted((a, b) => a.atMs - b.atMs));
  }

  /** When the next act is due; null when none is planned. */
  get nextAtMs(): number | null {
    return this.planned[0]?.atMs ?? null;
  }

  /** Takes the next act that is due by then; undefined when none is. */
  take(nowMs: number): Planned | undefined {
    const [first] = this.planned;
    return first !== undefined && first.atMs <= nowMs ? this.planned.shift() : undefined;
  }
}
