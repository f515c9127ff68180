/** Leads with the phone that a request states, where the phone does not say by itself who the person is. */
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { endOfNational, readPhone } from './phone.ts';
import { given, normalizeEmail } from './profile.ts';
import type { LeadSubmission } from './submission.ts';

export interface KnownByPhone {
  id: string;
  phone: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  sharesPhone: boolean;
}

/** So many are shown: more people at one number are not told apart by a list. */
const MOST = 10;

/**
 * Who may be meant by a request with a phone: leads that have it, under another name or with another email; where it does not say its
 * country, those of any country whose number ends like it, whatever their name. Empty where its email is
 * known, or where the one lead known by the number alone has the same name: it is theirs.
 */
export async function knownByPhone(db: Db, submission: LeadSubmission): Promise<KnownByPhone[]> {
  const phone = readPhone(submission.phone, given(submission.country));
  const forms = phone === undefined ? [] : [phone.phone, ...phone.oldForms];
  const digits = [...new Set(forms.map((form) => form.replaceAll(/\D/g, '')))].filter(({ length }) => length >= 3);
  if (digits.length === 0) return [];
  const email = normalizeEmail(submission.email);
  if (email !== undefined && (await db.lead.count({ where: { email } })) > 0) return [];
  const end = endOfNational(phone?.phone ?? '');
  const endsSo = end === null ? Prisma.sql`false` : Prisma.sql`l.phone LIKE ${`+%${end}`}`;
  // By the words that leads are found by: no other index has the phones of leads with an email.
  const words = Prisma.join(
    [...digits, ...(end === null ? [] : [end])].map((one) => Prisma.sql`s.words LIKE ${`%${one}%`}`),
    ' OR ',
  );
  const known = await db.$queryRaw<KnownByPhone[]>`
    SELECT l.id, l.phone, l.email, l.first_name AS "firstName", l.last_name AS "lastName", l.company, l.shares_phone AS "sharesPhone"
    FROM lead_search s JOIN leads l ON l.id = s.lead_id
    WHERE (${words}) AND (l.phone = ANY(${forms}) OR ${endsSo})
    ORDER BY l.email IS NOT NULL, l.shares_phone, l.id LIMIT ${MOST}`;
  const isTheirs = (one: KnownByPhone): boolean =>
    email === undefined &&
    one.email === null &&
    !one.sharesPhone &&
    forms.includes(one.phone) &&
    hasName(one, submission);
  return known.some(isTheirs) ? [] : known;
}

/** Whether the names that are stated are those that are known; a name that only one of the two says tells nothing. */
function hasName(known: KnownByPhone, stated: LeadSubmission): boolean {
  return (['firstName', 'lastName'] as const).every((field) => {
    const [mine, theirs] = [given(known[field] ?? undefined), given(stated[field])];
    return mine === undefined || theirs === undefined || mine.toLowerCase() === theirs.toLowerCase();
  });
}
