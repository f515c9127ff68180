import type { Actor } from '../../domain/actor.ts';
import { denialAtAll, may, scopeOf } from '../../domain/policy.ts';
import { readTiesOf } from '../access/lead-ties.ts';
import type { Tx } from '../db.ts';
import { withoutAddresses } from './clean-submission.ts';
import type { Weight } from './profile.ts';
import type { LeadSubmission } from './submission.ts';

/**
 * Whether the word of who submits is taken for a lead, by the policy. Whose the lead is, is read only where it matters: for a rep.
 * The lead must be locked, so that it cannot change hands meanwhile.
 *
 * @param by Nobody: a way of ours
 * @param leadId Null for a lead that did not exist a moment ago: whoever may make one may say who it is
 */
export async function isVouchedFor(tx: Tx, by: Actor | undefined, leadId: string | null): Promise<boolean> {
  if (by === undefined || by.kind === 'system') return true;
  if (denialAtAll(by, 'vouch') !== null) return false;
  if (leadId === null || scopeOf(by, 'vouch')?.kind === 'all') return true;
  const ties = await readTiesOf(tx, leadId);
  return ties !== null && may(by, 'vouch', ties);
}

/**
 * What the word of somebody is worth, where it is taken: a person of ours verified what they say, another system repeats what was stated. Nobody
 * verified each line of a list.
 */
export function weightOf(by: Actor | undefined, how: string): Exclude<Weight, 'fills'> {
  if (how === 'csv') return 'states';
  return by?.kind === 'rep' || by?.kind === 'user' ? 'verifies' : 'states';
}

/**
 * A submission of somebody whose word is not taken for this lead: the person asked for something, and no more. `left`: what a
 * person of ours can see and decide on.
 */
export function asByForm(submission: LeadSubmission): { submission: LeadSubmission; left: Record<string, unknown> } {
  const { enterAt, occurredAt: _when, ...rest } = submission;
  const { kept, leftOut } = withoutAddresses(rest);
  return { submission: kept, left: { ...leftOut, ...(enterAt === undefined ? {} : { enterAt }) } };
}
