/** A lead by hand whose phone is known: whether it is the same person is asked, as a switchboard's number is that of many. */
import { type Person } from '../store/capture/identify.ts';
import { type KnownByPhone, knownByPhone } from '../store/capture/known-by-phone.ts';
import type { LeadSubmission } from '../store/capture/submit-lead.ts';
import type { Db } from '../store/db.ts';
import { readTies } from '../store/access/lead-ties.ts';
import { readNames } from '../store/lists/names.ts';
import { mayWith, type Visitor } from './session.ts';
import { nameOf } from './words.ts';

/** What is chosen among, by the value that is posted. */
export type PersonChoices = Readonly<Record<string, string>>;

export const ANOTHER = 'another';

export type Meant =
  | { person?: Person; submission: LeadSubmission; note: string }
  /** It is to be asked first; `message` says what is known. */
  | { choices: PersonChoices; message: string };

/**
 * The request as the person is meant: of a lead that is known, names and company that it has stay, and another address becomes a note.
 * @param chosen As posted: the id of a lead, `another`, or empty where nothing was asked yet
 */
export async function meant(db: Db, visitor: Visitor, submission: LeadSubmission, chosen: string): Promise<Meant> {
  const known = await knownByPhone(db, submission);
  if (known.length === 0) return { submission, note: '' };
  if (chosen === ANOTHER) return { person: ANOTHER, submission, note: '' };
  const one = known.find(({ id }) => id === chosen);
  if (one !== undefined) return { person: { leadId: one.id }, ...withoutNames(submission, one) };
  const labels = await labelsOf(db, visitor, known);
  const [first = ''] = labels.values();
  const message =
    labels.size === 1
      ? `A lead with this phone is known: ${first}. Same person?`
      : `${labels.size} leads with this phone are known. Is it one of them?`;
  const same = [...labels].map(([id, label]) => [id, `Same person: add the request to ${label}`]);
  return {
    choices: { ...Object.fromEntries(same), [ANOTHER]: 'Another person: a new lead' },
    message,
  };
}

function withoutNames(submission: LeadSubmission, known: KnownByPhone): { submission: LeadSubmission; note: string } {
  const { email, ...rest } = submission;
  for (const field of ['firstName', 'lastName', 'company'] as const) if (known[field] !== null) delete rest[field];
  const isOther = email !== undefined && email.toLowerCase() !== known.email;
  return { submission: rest, note: isOther ? `Another address of this person: ${email}.` : '' };
}

/** By id. Of a lead that the visitor may not see its owner alone is named. */
async function labelsOf(db: Db, visitor: Visitor, known: readonly KnownByPhone[]): Promise<Map<string, string>> {
  const ties = await readTies(
    db,
    known.map(({ id }) => id),
  );
  const owners = await readNames(
    db,
    [...ties.values()].flatMap(({ ownerId }) => ownerId ?? []),
  );
  return new Map(
    known.map((lead) => {
      const tie = ties.get(lead.id);
      const name = nameOf(lead);
      if (tie !== undefined && mayWith(visitor, 'see-lead', tie))
        return [lead.id, lead.company === null || name === lead.company ? name : `${name} (${lead.company})`];
      const owner = owners.get(tie?.ownerId ?? '');
      return [lead.id, owner === undefined ? 'a lead that is not yours' : `a lead of ${owner.name}`];
    }),
  );
}
