import { capToText, cappedBy, type RecentMessage } from './caps.ts';
import { type MailWord, mayMail } from './consent.ts';
import type { Cap } from './playbook.ts';
import { capOfFrequency } from './preferences.ts';
import { nextOpening } from './schedule.ts';
import type { Timetable } from './timetable.ts';

/** What a broadcast asks of a lead before the message leaves, read under the lead's lock. */
export interface RecipientFacts extends MailWord {
  email: string | null;
  stage: string;
  isPaused: boolean;
  isHeld: boolean;
  isSunset: boolean;
  /** It asked for no mail until then: epoch milliseconds. */
  snoozedUntilMs: number | null;
  /** How often it wants mail: src/domain/preferences.ts. */
  frequency: string | null;
  /** It is of the control group. */
  isOfControl: boolean;
  /** It got the same words by something else. */
  hasGot: boolean;
  /** Messages that it got, or may have got, over the longest period of a cap. */
  recent: readonly RecentMessage[];
}

/** What is done about a recipient now. */
export type RecipientVerdict =
  | { kind: 'send' }
  | { kind: 'skip'; reason: string }
  /** Epoch milliseconds, on the lead's clock. */
  | { kind: 'later'; atMs: number; because: string };

interface Asked {
  topic: string;
  /** It goes also to who got the same words. */
  again: boolean;
  caps: readonly Cap[];
  table: Timetable;
  atMs: number;
}

/**
 * Whether a lead gets the message of a broadcast: by the same consents, suppressions and caps as any message. It reaches leads in every
 * stage but `disqualified`; not those that are paused or held, and not those that never engage.
 */
export function recipientVerdict(lead: RecipientFacts, { topic, again, caps, table, atMs }: Asked): RecipientVerdict {
  if (lead.stage === 'disqualified') return skip('stage-disqualified');
  const may = mayMail(lead.email, lead, topic);
  if (!may.may) return skip(may.reason);
  if (lead.isPaused) return skip('paused');
  if (lead.isHeld) return skip('held');
  if (lead.isSunset) return skip('sunset');
  if (lead.isOfControl) return skip('control-group');
  if (lead.hasGot && !again) return skip('already-got');
  const opensMs = nextOpening(atMs, table.times, table.zone);
  if (opensMs > atMs) return { kind: 'later', atMs: opensMs, because: 'quiet-hours' };
  if (lead.snoozedUntilMs !== null && lead.snoozedUntilMs > atMs)
    return { kind: 'later', atMs: lead.snoozedUntilMs, because: 'snoozed' };
  const own = capOfFrequency(lead.frequency);
  const capped = cappedBy(own === null ? caps : [...caps, own], lead.recent, topic, atMs);
  if (capped !== null) return { kind: 'later', atMs: capped.untilMs, because: `cap: ${capToText(capped.cap)}` };
  return { kind: 'send' };
}

function skip(reason: string): RecipientVerdict {
  return { kind: 'skip', reason };
}
