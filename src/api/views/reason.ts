import type { RejectFollow } from '../../domain/reasons.ts';

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
