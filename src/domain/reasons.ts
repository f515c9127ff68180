import type { Span } from './cadence.ts';

/** playbook/reasons.yaml, validated: why a rep rejects or closes a lead, and what follows. */
export interface RejectReason {
  reason: string;
  /** Words for the rep. */
  label: string;
  follow: RejectFollow;
}

export type RejectFollow =
  | {
      kind: 'recycle';
      cadence: string;
      coolOff: Span;
      /** What happens to the engagement score. */
      score: 'keep' | 'halve' | 'reset';
    }
  /** Waits for a person who sends it to another team or rep, not back to the rep who rejected it. */
  | { kind: 'reroute' }
  | { kind: 'no-need' }
  | { kind: 'disqualify' };
