/** Everything that is stored about a person, as the law lets them ask for it (GDPR, article 15 and 20). */
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';

/** A row, its columns named as in the API. */
export type ExportedRow = Readonly<Record<string, unknown>>;
/** Rows by what they are about; the oldest first. What there is none of has an empty list. */
export type ExportedLead = Readonly<Record<string, readonly ExportedRow[]>>;

const OF_LEAD = Prisma.sql`t.lead_id = l.id`;
const OF_SEND = Prisma.sql`t.send_id IN (SELECT id FROM sends WHERE lead_id = l.id)`;

/** How the rows of a lead are found. A test holds that every table is here that an erasure clears. */
export const EXPORTED: Readonly<Record<string, Prisma.Sql>> = {
  leads: Prisma.sql`t.id = l.id`,
  accounts: Prisma.sql`t.id = l.account_id`,
  touches: OF_LEAD,
  needs: OF_LEAD,
  stage_changes: OF_LEAD,
  funnel_changes: OF_LEAD,
  events: OF_LEAD,
  score_ledger: OF_LEAD,
  consents: OF_LEAD,
  suppressions: Prisma.sql`t.lead_id = l.id OR t.email = l.email`,
  enrollments: OF_LEAD,
  split_arms: OF_LEAD,
  answers: OF_LEAD,
  sends: OF_LEAD,
  lead_links: OF_LEAD,
  resent_sends: OF_SEND,
  dismissed_sends: OF_SEND,
  broadcast_recipients: OF_LEAD,
  tracked: OF_LEAD,
  // One that belongs to no message may name the person: the erasure looks in the same way.
  inbound_mails: Prisma.sql`t.lead_id = l.id
    OR (t.lead_id IS NULL AND (lower(t.recipient) = l.email OR position(l.email in lower(t.excerpt)) > 0))`,
  assignments: OF_LEAD,
  hand_over_leads: OF_LEAD,
  hand_off_hooks: OF_LEAD,
  rep_activities: OF_LEAD,
  tasks: OF_LEAD,
  manager_notices: OF_LEAD,
  rep_alerts: OF_LEAD,
  reply_answers: OF_LEAD,
  commands: OF_LEAD,
  findings: OF_LEAD,
  outbox: OF_LEAD,
  audit: OF_LEAD,
};

/** What is no fact of the person: the hashes that keep a refusal after an erasure, and the token by which one attempt knows its row. */
const WITHOUT = ['addressHash', 'attempt', 'contextDigest'];

const NAMES: Readonly<Record<string, string>> = { leads: 'profile', accounts: 'company', audit: 'history' };

/** All in one statement, so that it is how things stood at one moment. Null: there is no such lead. */
export async function exportLead(db: Db, leadId: string): Promise<ExportedLead | null> {
  const parts = Object.entries(EXPORTED).map(
    ([table, of]) => Prisma.sql`
      SELECT ${table} AS name, to_jsonb(t) AS row FROM ${Prisma.raw(`"${table}"`)} t, one l WHERE ${of}`,
  );
  const rows = await db.$queryRaw<{ name: string; row: Record<string, unknown> }[]>`
    WITH one AS (SELECT * FROM leads WHERE id = ${leadId}) ${Prisma.join(parts, ' UNION ALL ')}`;
  if (rows.length === 0) return null;
  const byTable = Map.groupBy(rows, ({ name }) => name);
  return Object.fromEntries(
    Object.keys(EXPORTED).map((table) => [
      NAMES[table] ?? inCamelCase(table),
      (byTable.get(table) ?? []).map(({ row }) => shown(row)).toSorted(byTime),
    ]),
  );
}

function shown(row: Readonly<Record<string, unknown>>): ExportedRow {
  const named = Object.entries(row).map(([column, value]) => [inCamelCase(column), value] as const);
  return Object.fromEntries(named.filter(([name]) => !WITHOUT.includes(name)));
}

const TIMES = ['occurredAt', 'recordedAt', 'createdAt', 'receivedAt', 'offeredAt', 'openedAt', 'id'];

function byTime(one: ExportedRow, other: ExportedRow): number {
  return timeOf(one).localeCompare(timeOf(other), 'en');
}

function timeOf(row: ExportedRow): string {
  const texts = TIMES.flatMap((name) => (typeof row[name] === 'string' ? [row[name]] : []));
  return texts[0] ?? '';
}

function inCamelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_whole, letter: string) => letter.toUpperCase());
}
