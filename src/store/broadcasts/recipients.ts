import { isOfControlGroup } from '../../domain/control-group.ts';
import type { RecipientFacts } from '../../domain/broadcast-verdict.ts';
import { mailWord, recentMessages } from '../consent/mail-word.ts';
import type { Db, Tx } from '../db.ts';
import { refusedForMs } from '../mail-refusals.ts';
import { type BroadcastRecipient, type Lead, Prisma } from '../generated/client.ts';
import { columnsOf } from '../rows.ts';

export type Recipient = Pick<BroadcastRecipient, 'leadId' | 'wave' | 'variant' | 'dueAt' | 'firstDueAt' | 'attempts'>;

const EVER = new Date(0);

/** Locks the next recipients of a wave that are due, not before `from`. Those that somebody else has are passed over, and found again later. */
export async function lockDue(
  tx: Tx,
  broadcastId: string,
  { wave, from = EVER, at, limit }: { wave: number; from?: Date; at: Date; limit: number },
): Promise<Recipient[]> {
  return tx.$queryRaw<Recipient[]>`
    SELECT lead_id AS "leadId", wave, variant, due_at AS "dueAt", first_due_at AS "firstDueAt", attempts
    FROM broadcast_recipients WHERE broadcast_id = ${broadcastId} AND wave = ${wave}::smallint
      AND due_at BETWEEN ${from} AND ${at}
    ORDER BY due_at, lead_id LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
}

/** When the next recipient of a wave is due; null when there is none. */
export async function nextDueOf(tx: Tx, broadcastId: string, wave: number): Promise<Date | null> {
  const [next] = await tx.$queryRaw<{ dueAt: Date }[]>`
    SELECT due_at AS "dueAt" FROM broadcast_recipients WHERE broadcast_id = ${broadcastId} AND wave = ${wave}::smallint
    ORDER BY due_at LIMIT 1`;
  return next?.dueAt ?? null;
}

/** The broadcast has come to them. */
export async function removeRecipients(tx: Tx, broadcastId: string, leadIds: readonly string[]): Promise<void> {
  if (leadIds.length === 0) return;
  await tx.$executeRaw`
    DELETE FROM broadcast_recipients WHERE broadcast_id = ${broadcastId} AND lead_id = ANY(${[...leadIds]})`;
}

/** Puts recipients off, or back: whose message certainly did not leave. A lead that was erased meanwhile is not put back. */
export async function putOff(tx: Tx, broadcastId: string, recipients: readonly Recipient[]): Promise<void> {
  if (recipients.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO broadcast_recipients (broadcast_id, lead_id, wave, variant, due_at, first_due_at, attempts)
    SELECT ${broadcastId}, r.lead_id, r.wave, r.variant, r.due_at, r.first_due_at, r.attempts
    FROM unnest(${recipients.map((one) => one.leadId)}::text[], ${recipients.map((one) => one.wave)}::smallint[],
      ${recipients.map((one) => one.variant)}::text[], ${recipients.map((one) => one.dueAt)}::timestamptz[],
      ${recipients.map((one) => one.firstDueAt)}::timestamptz[], ${recipients.map((one) => one.attempts)}::smallint[])
      AS r(lead_id, wave, variant, due_at, first_due_at, attempts)
    JOIN leads l ON l.id = r.lead_id
    ON CONFLICT (broadcast_id, lead_id) DO UPDATE SET due_at = excluded.due_at, attempts = excluded.attempts`;
}

/** What is asked about leads before a message of a broadcast. */
export interface Asking {
  /** Hashes of the templates of its variants. */
  hashes: readonly string[];
  broadcastId: string;
  /** The longest period of a cap in milliseconds, before real time; 0 without caps. */
  periodMs: number;
  realNowMs: number;
}

/** The longest period of a frequency that a person chooses: a month. Milliseconds. */
const LONGEST_OF_FREQUENCY = 31 * 86_400_000;

/** By the id of the lead, what its row does not say. `productLine` and `type`: of its need. */
export type FactsOfLead = Pick<RecipientFacts, 'suppressions' | 'words' | 'recent' | 'hasGot'> & {
  id: string;
  needId: string | null;
  productLine: string | null;
  type: string | null;
  /** How long the pause of its receiving domain lasts, in milliseconds; negative: a mail may try. Null: it takes our mails. */
  refusedForMs: number | null;
};

/**
 * Of leads that are locked: in a statement after that of the locks, so that it sees what was committed before them. An unsubscribe that was
 * under way is among it.
 */
export async function readRecipientFacts(
  tx: Tx | Db,
  leadIds: readonly string[],
  asking: Asking,
): Promise<FactsOfLead[]> {
  const { hashes, broadcastId, periodMs, realNowMs } = asking;
  // Who wants mail once a month has a longer cap of their own.
  const since = Prisma.sql`(CASE WHEN l.mail_frequency IS NULL THEN ${new Date(realNowMs - periodMs)}::timestamptz
      ELSE ${new Date(realNowMs - Math.max(periodMs, LONGEST_OF_FREQUENCY))}::timestamptz END
    + l.clock_offset_ms * interval '1 millisecond')`;
  const lead = { id: Prisma.sql`l.id`, email: Prisma.sql`l.email` };
  return tx.$queryRaw<FactsOfLead[]>`
    SELECT l.id, n.id AS "needId", n.product_line AS "productLine", n.type, ${mailWord(lead)},
      ${recentMessages(lead.id, since)} AS "recent",
      EXISTS (SELECT FROM sends g WHERE g.lead_id = l.id AND g.template_hash = ANY(${[...hashes]}) AND g.audience = 'lead'
        AND g.status IN ('sent', 'in_doubt') AND g.broadcast_id IS DISTINCT FROM ${broadcastId}) AS "hasGot",
      ${refusedForMs(lead.email)} AS "refusedForMs"
    FROM leads l LEFT JOIN needs n ON n.id = l.need_id WHERE l.id = ANY(${[...leadIds]})`;
}

/** Leads as they are now, without a lock. */
export async function readLeads(db: Db, ids: readonly string[]): Promise<Lead[]> {
  return db.$queryRaw<Lead[]>`SELECT ${columnsOf('leads')} FROM leads WHERE id = ANY(${[...ids]})`;
}

/** The facts that the verdict is found by. `controlGroup`: its share, of the playbook. */
export function recipientFacts(lead: Lead, facts: FactsOfLead, controlGroup: number | undefined): RecipientFacts {
  const { email, stage, pausedAt, heldAt, sunsetAt, snoozedUntil, mailFrequency } = lead;
  return {
    ...facts,
    email,
    stage,
    isPaused: pausedAt !== null,
    isHeld: heldAt !== null,
    isSunset: sunsetAt !== null,
    isOfControl: isOfControlGroup(lead.id, controlGroup),
    snoozedUntilMs: snoozedUntil?.getTime() ?? null,
    frequency: mailFrequency,
  };
}
