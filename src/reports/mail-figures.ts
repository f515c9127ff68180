/** The figures of messages, of cadences and of broadcasts alike: their columns, and which rows `mails` each counts. */
import { intervalOf } from '../domain/compare-shares.ts';
import { MACHINE_CLICK, REACTIONS, SUSPECT_CLICK } from '../domain/mail-reactions.ts';
import { Prisma } from '../store/generated/client.ts';
import type { Column } from './report.ts';
import { intervalInWords } from './words.ts';

export const MAIL_COLUMNS: readonly Column[] = [
  { key: 'sent', title: 'Sent', unit: 'count', definition: 'Messages that left in the period.', hasLeads: true },
  {
    key: 'delivered',
    title: 'Delivered',
    unit: 'count',
    definition: 'Of those sent, did not come back as undeliverable. Whether one was put with the spam cannot be known.',
    hasLeads: true,
  },
  {
    key: 'clicked',
    title: 'Clicked',
    unit: 'count',
    definition: 'Messages in which a person clicked; machines and suspects do not count.',
    hasLeads: true,
  },
  {
    key: 'untracked',
    title: 'Not tracked',
    unit: 'count',
    definition: 'Messages of which it cannot be known whether a person clicked.',
    hasLeads: true,
  },
  {
    key: 'clickRate',
    title: 'Click rate',
    unit: 'share',
    definition: 'Clicked, of those sent whose clicks are recorded. Empty: it cannot be known.',
    hasLeads: true,
  },
  {
    key: 'between',
    title: '95% between',
    unit: 'text',
    definition: 'Where the true click rate lies, 19 times out of 20 (Wilson’s interval).',
  },
  { key: 'replied', title: 'Replied', unit: 'count', definition: 'Messages that a person answered.', hasLeads: true },
  {
    key: 'unsubscribed',
    title: 'Unsubscribed',
    unit: 'count',
    definition: 'Messages by which the lead unsubscribed.',
    hasLeads: true,
  },
  {
    key: 'complained',
    title: 'Complained',
    unit: 'count',
    definition: 'Messages whose lead reported spam afterwards.',
    hasLeads: true,
  },
  { key: 'bounced', title: 'Bounced', unit: 'count', definition: 'Messages that came back.', hasLeads: true },
  { key: 'failed', title: 'Refused', unit: 'count', definition: 'The mail server refused it.', hasLeads: true },
  {
    key: 'skipped',
    title: 'Skipped',
    unit: 'count',
    definition: 'Not sent, with a reason: consent, already got it, too late.',
    hasLeads: true,
  },
  {
    key: 'suspect',
    title: 'Clicks, perhaps a scanner’s',
    unit: 'count',
    definition:
      'Left out: messages with a click that may be a scanner’s, such as one right after delivery, and none that is known to be a person’s. It counts as clicked once a human sign follows.',
    hasLeads: true,
  },
  {
    key: 'machine',
    title: 'Clicked by machines',
    unit: 'count',
    definition: 'Left out: messages that only scanners and other programs clicked in.',
    hasLeads: true,
  },
];

/** The messages with at least one of the reactions. */
const did = (...reactions: readonly number[]): Prisma.Sql =>
  Prisma.raw(`mails.reactions & ${reactions.reduce((all, one) => all | one, 0)} <> 0`);
const sent = (which: Prisma.Sql): Prisma.Sql => Prisma.sql`mails.status = 'sent' AND ${which}`;

/** Which `mails` a figure counts, by its key. */
export const COUNTED: Readonly<Record<string, Prisma.Sql>> = {
  sent: sent(Prisma.sql`TRUE`),
  ...Object.fromEntries(Object.entries(REACTIONS).map(([key, reaction]) => [key, sent(did(reaction))])),
  untracked: sent(Prisma.sql`mails.untracked = 'all'`),
  complained: sent(Prisma.sql`mails.has_complained`),
  failed: Prisma.sql`mails.status = 'failed'`,
  skipped: Prisma.sql`mails.status = 'skipped'`,
  delivered: sent(Prisma.sql`mails.delivery IS DISTINCT FROM 'bounced' AND NOT ${did(REACTIONS.bounced)}`),
  suspect: sent(Prisma.sql`${did(SUSPECT_CLICK)} AND NOT ${did(REACTIONS.clicked)}`),
  machine: sent(Prisma.sql`${did(MACHINE_CLICK)} AND NOT ${did(SUSPECT_CLICK, REACTIONS.clicked)}`),
};
/** The rate has the leads of its count. */
export const WHICH: Readonly<Record<string, Prisma.Sql>> = { ...COUNTED, clickRate: sent(did(REACTIONS.clicked)) };

/** The last complaint of the lead of each message `s`, as `complaint`. */
export const LAST_COMPLAINT = Prisma.sql`LEFT JOIN (
  SELECT lead_id, max(occurred_at) AS at FROM suppressions WHERE reason = 'complaint' GROUP BY lead_id) complaint
    ON complaint.lead_id = s.lead_id`;

/** The share of clicks, and where the true one lies; null: it cannot be known. */
export function clickRateOf({ sent, untracked, clicked }: { sent: number; untracked: number; clicked: number }) {
  const of = sent - untracked;
  return { clickRate: of === 0 ? null : clicked / of, between: intervalInWords(intervalOf({ cases: clicked, of })) };
}
