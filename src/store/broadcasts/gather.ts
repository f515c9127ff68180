import type { Audience } from '../../domain/broadcast.ts';
import type { Whereabouts } from '../../domain/lead-zone.ts';
import type { Rating } from '../../domain/readiness.ts';
import type { SegmentConditions } from '../../domain/segment.ts';
import { conditionOfAllSql, conditionSql, type ConditionSql } from '../conditions/to-sql.ts';
import type { Db, Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** The moment, and the rules of scoring, that an audience is asked by. */
export interface AudienceMoment {
  atMs: number;
  fading: Rating;
}

/** A lead that a broadcast is for, with what its time zone follows from. */
export interface Gathered extends Whereabouts {
  id: string;
}

/** A look at some leads in the order of their ids. */
export interface AudiencePage {
  /** Those among them who are of the audience. */
  leads: Gathered[];
  /** The last id that was looked at; null: there is nobody after it. */
  after: string | null;
}

/** Leads that one statement looks at (`among`): where few of a million are of the audience, none of them takes longer than it may. */
const LOOKED_AT = 20_000;

/** The next leads of an audience after `after`, of those that were there at that moment: `limit` at most, and none where there are none near. */
export async function nextOfAudience(
  db: Db | Tx,
  audience: Audience,
  moment: AudienceMoment,
  page: { after: string | null; limit: number; among?: number },
): Promise<AudiencePage> {
  const { joins, truth } = sqlOf(audience, moment, conditionSql);
  const after = page.after ?? '';
  const [end] = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM leads WHERE id > ${after} ORDER BY id OFFSET ${(page.among ?? LOOKED_AT) - 1} LIMIT 1`;
  const upTo = end === undefined ? Prisma.empty : Prisma.sql`AND l.id <= ${end.id}`;
  const leads = await planned<Gathered>(
    db,
    Prisma.sql`SELECT l.id, l.time_zone AS "timeZone", l.country,
        jsonb_build_object('region', l.attributes->'region', 'state', l.attributes->'state') AS attributes
      FROM leads l ${joins}
      WHERE ${truth} AND l.id > ${after} ${upTo} AND l.created_at <= ${new Date(moment.atMs)}
      ORDER BY l.id LIMIT ${page.limit}`,
  );
  const last = leads.length < page.limit ? end : leads.at(-1);
  return { leads, after: last?.id ?? null };
}

export async function countAudience(db: Db | Tx, audience: Audience, moment: AudienceMoment): Promise<number> {
  const { joins, truth } = sqlOf(audience, moment, conditionOfAllSql);
  const [row] = await planned<{ count: number }>(
    db,
    Prisma.sql`SELECT count(*)::int AS count FROM leads l ${joins} WHERE ${truth} AND l.created_at <= ${new Date(moment.atMs)}`,
  );
  return row?.count ?? 0;
}

function sqlOf(
  { when, segments }: Audience,
  { atMs, fading }: AudienceMoment,
  compile: typeof conditionSql,
): ConditionSql {
  const named: SegmentConditions = new Map(segments.map((one) => [one.segment, one.when]));
  return compile(when, { atMs, clock: 'lead', fading }, named);
}

export interface NewRecipient {
  leadId: string;
  wave: number;
  variant: string | null;
  dueAt: Date;
}

/** Who is a recipient already stays so. */
export async function addRecipients(tx: Tx, broadcastId: string, recipients: readonly NewRecipient[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO broadcast_recipients (broadcast_id, lead_id, wave, variant, due_at, first_due_at)
    SELECT ${broadcastId}, r.lead_id, r.wave, r.variant, r.due_at, r.due_at
    FROM unnest(${recipients.map((one) => one.leadId)}::text[], ${recipients.map((one) => one.wave)}::smallint[],
      ${recipients.map((one) => one.variant)}::text[], ${recipients.map((one) => one.dueAt)}::timestamptz[])
      AS r(lead_id, wave, variant, due_at)
    JOIN leads l ON l.id = r.lead_id
    ON CONFLICT DO NOTHING`;
}
