import { latestWord, MARKETING, type MailWord, wantsTopic } from '../../domain/consent.ts';
import type { RecentMessage } from '../../domain/caps.ts';
import type { PauseFacts } from '../../domain/pause-on.ts';
import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { ABSENCE } from '../events/event-names.ts';
import { refusedForMs } from '../mail-refusals.ts';
import { latestConsents } from './consent.ts';

/** What the lead said on each topic, and what stands against its address, in one statement. */
export async function readMailWord(tx: Tx, lead: { id: string; email: string | null }): Promise<MailWord> {
  const [word] = await tx.$queryRaw<MailWord[]>`
    SELECT ${mailWord(lead)}`;
  return word ?? { suppressions: [], words: [] };
}

/** All that is asked before every message of a cadence. */
export interface MessageFacts extends MailWord, PauseFacts {
  /** Messages that the lead got, or may have got, since an instant. */
  recent: readonly RecentMessage[];
  /** The latest consent that the person has yet to confirm, on the lead's clock. */
  unconfirmedAtMs: number | null;
  /** Its receiving domain refuses us: how long its pause lasts, in milliseconds; negative: a mail may try. Null: it does not. */
  refusedForMs: number | null;
}

/**
 * The same with what may make a mail wait, and with recent messages, in the same statement. `since`: null when there are no caps, and no
 * messages are read.
 */
export async function readMessageFacts(
  tx: Tx,
  lead: { id: string; email: string | null; accountId: string | null },
  since: Date | null,
): Promise<MessageFacts> {
  const latest = (type: string): Prisma.Sql => Prisma.sql`
    (SELECT (extract(epoch FROM max(occurred_at)) * 1000)::float8 FROM events
      WHERE lead_id = ${lead.id} AND type = ${type} AND NOT machine)`;
  const [word] = await tx.$queryRaw<MessageFacts[]>`
    SELECT ${mailWord(lead)}, ${recentMessages(lead.id, since)} AS "recent",
      (SELECT (extract(epoch FROM max(occurred_at)) * 1000)::float8 FROM consents
        WHERE lead_id = ${lead.id} AND unconfirmed) AS "unconfirmedAtMs",
      ${latest('reply.received')} AS "repliedAtMs", ${latest('email.bounced')} AS "bouncedAtMs",
      (SELECT max((properties->>'untilMs')::float8) FROM events
        WHERE lead_id = ${lead.id} AND type = ${ABSENCE}) AS "awayUntilMs",
      EXISTS (SELECT FROM events o WHERE o.lead_id = ${lead.id} AND o.type = 'ticket.opened' AND NOT EXISTS (
        SELECT FROM events c WHERE c.lead_id = o.lead_id AND c.type = 'ticket.closed' AND c.occurred_at >= o.occurred_at
          AND c.properties->>'ticket' IS NOT DISTINCT FROM o.properties->>'ticket')) AS "hasTicket",
      EXISTS (SELECT FROM leads x WHERE x.account_id = ${lead.accountId} AND x.id <> ${lead.id}
        AND x.stage = 'opportunity') AS "accountHasOpportunity",
      ${refusedForMs(lead.email)} AS "refusedForMs"`;
  if (word === undefined) throw new Error('A statement without a table gave no row');
  return word;
}

/** Messages since an instant of the lead's clock, as an expression. `leadId` and `since`: values, or expressions. */
export function recentMessages(leadId: string | Prisma.Sql, since: Date | Prisma.Sql | null): Prisma.Sql {
  if (since === null) return Prisma.sql`'[]'::jsonb`;
  return Prisma.sql`(SELECT coalesce(jsonb_agg(jsonb_build_object('topic', topic, 'atMs', extract(epoch FROM occurred_at) * 1000)), '[]')
        FROM (SELECT topic, occurred_at
            FROM sends WHERE lead_id = ${leadId} AND occurred_at > ${since} AND audience = 'lead' AND topic IS NOT NULL
              AND status IN ('claimed', 'sent', 'in_doubt')
          UNION ALL SELECT NULL, occurred_at
            FROM tasks WHERE lead_id = ${leadId} AND occurred_at > ${since} AND status <> 'cancelled') messages)`;
}

/** The columns of a mail word. The lead: values, or expressions. */
export function mailWord(lead: { id: string | Prisma.Sql; email: string | null | Prisma.Sql }): Prisma.Sql {
  return Prisma.sql`
      ARRAY(SELECT reason FROM suppressions WHERE email = ${lead.email} ORDER BY occurred_at, id) AS "suppressions",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('topic', topic, 'granted', granted, 'id', id,
          'atMs', extract(epoch FROM occurred_at) * 1000)), '[]')
        FROM ${latestConsents(Prisma.sql`${lead.id}`)} latest) AS "words"`;
}

/** Whether the person unsubscribed, or withdrew a yes, and has not given one since. */
export async function hasSaidNo(tx: Tx, lead: { id: string; email: string | null }): Promise<boolean> {
  const { words, suppressions } = await readMailWord(tx, lead);
  return latestWord(words)?.granted === false || suppressions.includes('unsubscribed');
}

/** Whether the person gets mail on all of these topics already, or on every topic when none is named. */
export async function hasSaidYes(
  tx: Tx,
  lead: { id: string; email: string | null },
  topics: readonly string[] = [],
): Promise<boolean> {
  const word = await readMailWord(tx, lead);
  return (topics.length === 0 ? [MARKETING] : topics).every((topic) => wantsTopic(word, topic));
}
