/** What a rep reads of a reason before they choose it: on the page of the mail, in the console and in the API. */
import type { RejectFollow, RejectReason } from './reasons.ts';

/** "Too early (back to the nurture pool for at least 2 weeks; with a note)" */
export function choiceInWords({ label, follow, note }: RejectReason): string {
  return `${label} (${followsInWords(follow)}${note === 'required' ? '; with a note' : ''})`;
}

/** Why the reason cannot be given without a note. */
export function noteMissing({ label }: Pick<RejectReason, 'label'>): string {
  return `‘${label}’ needs a note: write what the next person has to know.`;
}

/** What follows a reject, for the rep who chooses. */
export function followsInWords(follow: RejectFollow): string {
  switch (follow.kind) {
    case 'recycle':
      return `back to the nurture pool for at least ${follow.coolOff.amount} ${unit(follow.coolOff)}`;
    case 'reroute':
      return 'to the manager, who finds another rep';
    case 'no-need':
      return 'the need is closed';
    case 'lost':
    case 'won':
      return `the sale is ${follow.kind}`;
    case 'disqualify':
      return 'the lead is closed for good';
  }
}

function unit({ amount, unit: name }: Extract<RejectFollow, { kind: 'recycle' }>['coolOff']): string {
  return amount === 1 ? name.replace(/s$/, '') : name;
}

const OUTCOMES: Readonly<Record<string, string>> = {
  opportunity: 'an opportunity',
  'no-need': 'no need',
  'back-to-nurture': 'back to the nurture pool',
};

/** "no need" for `no-need`: what was recorded of a lead, and what a closed need ended as. */
export function outcomeInWords(outcome: string): string {
  return Object.hasOwn(OUTCOMES, outcome) ? (OUTCOMES[outcome] ?? outcome) : outcome;
}

/** Why the engine ended a hand-off by itself. */
const BY_THE_ENGINE: Readonly<Record<string, string>> = { 'no-activity': 'nothing happened with it for long' };

/** What people call the reason for which a hand-off or a need ended; its key where the playbook has it no more. */
export function reasonLabel(key: string, reasons: readonly Pick<RejectReason, 'reason' | 'label'>[]): string {
  return reasons.find(({ reason }) => reason === key)?.label ?? BY_THE_ENGINE[key] ?? key;
}
