import { formatForPeople } from './schedule.ts';
import { isInNurturePool, type Stage } from './stage.ts';

/** What qualifying depends on. Instants are epoch milliseconds on the lead's clock. */
export interface QualificationState {
  stage: Stage;
  /** Qualifying disarms, a recycle arms again. */
  armed: boolean;
  /** Set by a recycle (and when a new need opens): only what came after counts. Null: everything does. */
  armedAtMs: number | null;
  /** A rescoring armed it, and not a recycle. */
  marked?: boolean;
  coolOffUntilMs: number | null;
  lastEngagedAtMs: number | null;
  lastHighIntentAtMs: number | null;
  /** Grade and score together reach the threshold, see `isReady`. */
  ready: boolean;
  /** From `explainReadiness`; says in `because` what is missing. */
  readyBecause?: string;
}

export interface Qualification {
  qualifies: boolean;
  /** What made it so: the trigger, or without one "high intent" or "readiness". */
  by: string | null;
  /** A clause for `why`, whatever the answer. */
  because: string;
}

/** `because` of a lead that qualifies whatever its grade and score. */
export const HIGH_INTENT = 'it showed high intent, which qualifies at once';

/**
 * Does the lead qualify now? In the nurture pool and armed, it does by a high-intent event since it was armed (which
 * overrides a cool-off), or by readiness outside a cool-off, after a recycle only with new engagement since.
 * `trigger` names the event or command that asks; `zone` is for the words.
 */
export function qualification(
  state: QualificationState,
  trigger: string | null,
  nowMs: number,
  zone = 'UTC',
): Qualification {
  const no = (because: string): Qualification => ({ qualifies: false, by: null, because });
  if (!isInNurturePool(state.stage)) return no(`it is ${state.stage}, not in the nurture pool`);
  if (!state.armed) return no('it has qualified already and was not sent back since');
  if (isSince(state.lastHighIntentAtMs, state.armedAtMs)) {
    return { qualifies: true, by: trigger ?? 'high intent', because: HIGH_INTENT };
  }
  if (state.coolOffUntilMs !== null && nowMs < state.coolOffUntilMs) {
    return no(`cooling off until ${formatForPeople(state.coolOffUntilMs, zone, nowMs)}`);
  }
  const rating =
    state.readyBecause ?? (state.ready ? 'ready by grade and score' : 'grade and score are below the threshold');
  if (!state.ready) return no(rating);
  if (state.armedAtMs !== null && !isSince(state.lastEngagedAtMs, state.armedAtMs)) {
    return no(
      state.marked === true
        ? 'it is ready since its score was made anew, and qualifies with its next engagement'
        : 'no new engagement since it was sent back',
    );
  }
  return { qualifies: true, by: trigger ?? 'readiness', because: rating };
}

function isSince(atMs: number | null, sinceMs: number | null): boolean {
  return atMs !== null && (sinceMs === null || atMs > sinceMs);
}
