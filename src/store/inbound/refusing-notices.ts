/**
 * Notices that a receiver takes nothing of ours. Nobody vouches for one: who has got a mail of ours knows its return path, and can write there
 * what they like. So one person's word has nobody else's mails wait.
 */
import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { noteRefusals, type Refusal } from '../mail-refusals.ts';

/**
 * So many people of a receiving domain must be the subject of such notices within an hour. A domain that refuses us refuses everyone, so that a
 * block is known after three mails; who forges has one address, or two.
 */
const PEOPLE_NEEDED = 3;
const WITHIN = Prisma.sql`interval '1 hour'`;

/** A notice about the address of a lead. */
interface RefusingNotice extends Refusal {
  leadId: string;
  sendId: string;
}

/**
 * Before the row of the notice is written, in its transaction. A pause begins with the third person, and grows only by people of whom nothing
 * was heard since it began. Further notices about a message, or a person, say nothing new. What was heard before a person ended a pause is settled.
 */
export async function noteRefusingNotice(
  tx: Tx,
  { receiver, reason, leadId, sendId }: RefusingNotice,
  realNowMs: number,
): Promise<void> {
  // Of three that come at once the last one must see the others.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('refusing notices of ' || ${receiver}, 0))`;
  const lifted = Prisma.sql`(SELECT max(occurred_at) FROM audit
    WHERE lead_id IS NULL AND action = 'sending.receiver-lifted' AND occurred_at > w.begins AND data->>'receiver' = ${receiver})`;
  const [found] = await tx.$queryRaw<{ paused: boolean; others: number; known: boolean }[]>`
    WITH pause AS (SELECT since FROM mail_refusals WHERE receiver = ${receiver} AND heard_by = 'notice'),
      w AS (SELECT least(${new Date(realNowMs)}, (SELECT since FROM pause)) - ${WITHIN} AS begins),
      told AS (SELECT lead_id, received_at FROM inbound_mails, w
        WHERE domain = ${receiver} AND refuses_us AND received_at > coalesce(${lifted}, w.begins))
    SELECT EXISTS (SELECT FROM pause) AS paused,
      (SELECT count(DISTINCT lead_id)::int FROM told WHERE lead_id <> ${leadId}) AS others,
      EXISTS (SELECT FROM told WHERE lead_id = ${leadId})
        OR EXISTS (SELECT FROM inbound_mails WHERE send_id = ${sendId} AND refuses_us) AS known`;
  if (found === undefined || found.known) return;
  if (found.paused || found.others + 1 >= PEOPLE_NEEDED) await noteRefusals(tx, [{ receiver, reason }], 'notice');
}
