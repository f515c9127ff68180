/** What a rescoring reads and writes of the leads that it has locked, each in one statement. */
import type { ReplayedEntry } from '../../domain/score-replay.ts';
import { GRADES } from '../../domain/stage.ts';
import type { Tx } from '../db.ts';
import type { Fading } from '../../domain/score.ts';
import { ROW_FIELDS } from '../../domain/fields/registry.ts';
import { bound } from '../conditions/bind.ts';
import { type Lead, Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { asJson } from '../rows.ts';

/** An entry of the ledger that counts. */
export type LiveEntry = Pick<ReplayedEntry, 'eventId' | 'rule' | 'points' | 'group' | 'line'>;

/** The next leads after `after`, of those that were there when the run began. */
export async function nextLeads(tx: Tx, after: string | null, startedAt: Date, limit: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM leads WHERE id > ${after ?? ''} AND created_at <= ${startedAt} ORDER BY id LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** By lead. */
export async function liveEntries(tx: Tx, leadIds: readonly string[]): Promise<Map<string, LiveEntry[]>> {
  const rows = await tx.$queryRaw<(LiveEntry & { leadId: string })[]>`
    SELECT lead_id AS "leadId", event_id AS "eventId", rule, points, score_group AS "group", product_line AS line
    FROM score_ledger WHERE lead_id = ANY(${[...leadIds]}) AND replaced_by IS NULL`;
  const byLead = new Map<string, LiveEntry[]>();
  for (const { leadId, ...entry } of rows) byLead.set(leadId, [...(byLead.get(leadId) ?? []), entry]);
  return byLead;
}

/** Puts the entries of a replay in the place of those that count now. The earlier ones stay, as history. */
export async function replaceLedger(
  tx: Tx,
  runId: string,
  entries: ReadonlyMap<string, readonly ReplayedEntry[]>,
): Promise<void> {
  if (entries.size === 0) return;
  await tx.$executeRaw`
    UPDATE score_ledger SET replaced_by = ${runId} WHERE lead_id = ANY(${[...entries.keys()]}) AND replaced_by IS NULL`;
  const rows = [...entries].flatMap(([leadId, all]) =>
    all.map((entry, n) => ({ n, leadId, ...entry, occurredAt: new Date(entry.atMs).toISOString() })),
  );
  await tx.$executeRaw`
    INSERT INTO score_ledger (lead_id, event_id, rule, points, score_group, product_line, before, after, occurred_at, rescored_by)
    SELECT "leadId", "eventId", rule, points, "group", line, before, after, "occurredAt", ${runId}
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS s(
      n int, "leadId" text, "eventId" text, rule text, points float8, "group" text, line text, before float8, after float8,
      "occurredAt" timestamptz)
    ORDER BY "leadId", n`;
}

const WRITTEN = [
  'id',
  'score',
  'scoreAt',
  'scoreParts',
  'fitGrade',
  'fitPoints',
  'fitCompleteness',
  'valueTier',
  'lastEngagedAt',
  'armedAt',
  'markedAt',
] as const satisfies readonly (keyof Lead)[];

/** Score, grade, and whether it is marked. */
export async function writeRescored(tx: Tx, leads: readonly Lead[]): Promise<void> {
  if (leads.length === 0) return;
  const rows = leads.map((lead) => Object.fromEntries(WRITTEN.map((field) => [field, lead[field]])));
  await tx.$executeRaw`
    UPDATE leads SET score = u.score, score_at = u.score_at, score_parts = nullif(u.score_parts, 'null'::jsonb),
      fit_grade = u.fit_grade, fit_points = u.fit_points, fit_completeness = u.fit_completeness, value_tier = u.value_tier,
      last_engaged_at = u.last_engaged_at, armed_at = u.armed_at,
      marked_at = u.marked_at, updated_at = now()
    FROM jsonb_populate_recordset(NULL::leads, ${asJson(rows)}::jsonb) u WHERE leads.id = u.id`;
}

const SCORE_SQL = ROW_FIELDS.find(({ name }) => name === 'score')?.sql ?? '0';

/** The marked lead that is the readiest: best grade first, then the highest score. Null: none is marked. */
export async function bestMarked(tx: Tx, fading: Fading, atMs: number): Promise<string | null> {
  const score = bound(SCORE_SQL, { atMs, clock: 'lead', fading });
  const [row] = await planned<{ id: string }>(
    tx,
    Prisma.sql`SELECT l.id FROM leads l
      WHERE l.marked_at IS NOT NULL AND l.marked_at = l.armed_at AND l.armed
        AND l.stage IN ('new', 'nurturing', 'dormant')
      ORDER BY array_position(${[...GRADES]}::text[], l.fit_grade::text), ${score} DESC, l.id LIMIT 1`,
  );
  return row?.id ?? null;
}
