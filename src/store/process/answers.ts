import type { Tx } from '../db.ts';
import type { Answer, Lead } from '../generated/client.ts';
import { asJson, columnsOf, updateRow } from '../rows.ts';

/**
 * Owes the lead a mail, from outside of its process: it is due with the next turn. The lead is locked, and its process has to be rung.
 * What is owed already stays as it is.
 */
export async function owe(
  tx: Tx,
  lead: Pick<Lead, 'id' | 'answerDueAt'>,
  mail: Pick<Answer, 'key' | 'templateKey' | 'askedBy' | 'dueAt'>,
): Promise<void> {
  const data = [{ leadId: lead.id, ...mail }];
  await tx.answer.createMany({ data, skipDuplicates: true });
  if (lead.answerDueAt === null || lead.answerDueAt > mail.dueAt)
    await updateRow(tx, 'leads', lead.id, { answerDueAt: mail.dueAt });
}

/** The mails that are owed to a lead, the next one first: answers to its requests, and what a person had sent once more. */
export async function readAnswers(tx: Tx, leadId: string): Promise<Answer[]> {
  return tx.$queryRaw<Answer[]>`
    SELECT ${columnsOf('answers')} FROM answers WHERE lead_id = ${leadId} ORDER BY due_at, key`;
}

/** Records that a request is to be answered, or when it is to be tried again. */
export async function writeAnswer(tx: Tx, answer: Answer): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO answers SELECT * FROM jsonb_populate_record(NULL::answers, ${asJson(answer)}::jsonb)
    ON CONFLICT (key) DO UPDATE SET due_at = EXCLUDED.due_at, attempts = EXCLUDED.attempts`;
}

export async function deleteAnswer(tx: Tx, key: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM answers WHERE key = ${key}`;
}

/** How many answers the lead was sent after an instant, and when it got the last one with this template. */
export async function answeredSince(
  tx: Tx,
  leadId: string,
  templateKey: string,
  since: Date,
): Promise<{ count: number; lastOfTemplate: Date | null }> {
  const [found] = await tx.$queryRaw<[{ count: number; lastOfTemplate: Date | null }]>`
    SELECT count(*)::int AS count, max(occurred_at) FILTER (WHERE template_key = ${templateKey}) AS "lastOfTemplate"
    FROM sends WHERE lead_id = ${leadId} AND occurred_at > ${since}
      AND starts_with(key, 'answer:') AND status <> 'skipped'`;
  return found;
}

/** How many mails with a link of this kind the lead was sent after an instant. */
export async function noticesSince(tx: Tx, leadId: string, notice: string, since: Date): Promise<number> {
  const [found] = await tx.$queryRaw<[{ count: number }]>`
    SELECT count(*)::int AS count FROM sends
    WHERE lead_id = ${leadId} AND occurred_at > ${since} AND starts_with(key, ${`${notice}:`}) AND status <> 'skipped'`;
  return found.count;
}
