import { NEXT_CONTACT } from '../../domain/next-step.ts';
import type { Readiness } from '../../domain/readiness.ts';
import { READINESS } from '../../domain/readiness.ts';
import { RATING_FIELDS } from '../../domain/fields/of-rating.ts';
import type { ScoringModel } from '../../domain/scoring.ts';
import { bound } from '../conditions/bind.ts';
import type { Db } from '../db.ts';
import { planned } from '../planned.ts';
import { Prisma } from '../generated/client.ts';

/** `waits`: for the rep's decision. `due`: today in the rep's zone, or overdue. `snoozed`: put off by the rep. */
export type DeskPart = 'waits' | 'due' | 'open' | 'snoozed';

/** `readiness`: the readiest first, then the more valuable, then what is due sooner. */
export const DESK_ORDERS = ['readiness', 'value', 'due'] as const;
export type DeskOrder = (typeof DESK_ORDERS)[number];

/** A lead that a rep has, or is offered. */
export interface DeskRow {
  part: DeskPart;
  /** The number of leads in its part, also of those that are not shown. */
  ofPart: number;
  leadId: string;
  assignmentId: string;
  /** Null, or past: it is not put off. */
  snoozedUntil: Date | null;
  /** The end of the offer, or of the next step; null: nothing is planned. */
  dueAt: Date | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  stage: string;
  score: number;
  scoreAt: Date;
  scoreParts: unknown;
  clockOffsetMs: bigint;
  fitGrade: 'A' | 'B' | 'C' | 'D';
  readiness: Readiness;
  /** Percent of the learned readiness; null: nothing was learned. */
  learned: number | null;
  valueTier: string | null;
  valueMinor: bigint | null;
  currency: string | null;
  /** The next step that the rep planned and has not followed by a contact. */
  nextStep: string | null;
}

const MOST_OF_A_PART = 100;

const READINESS_SQL = RATING_FIELDS.find(({ name }) => name === 'readiness')?.sql ?? '';

const BY_READINESS = Prisma.sql`array_position(${[...READINESS]}::text[], readiness)`;
const byTier = (tiers: readonly string[]): Prisma.Sql => Prisma.sql`array_position(${[...tiers]}::text[], "valueTier")`;
const ORDERED: Readonly<Record<DeskOrder, (tiers: readonly string[]) => Prisma.Sql>> = {
  readiness: (tiers) => Prisma.sql`${BY_READINESS}, ${byTier(tiers)}, "dueAt"`,
  value: (tiers) => Prisma.sql`${byTier(tiers)}, ${BY_READINESS}, "dueAt"`,
  due: (tiers) => Prisma.sql`"dueAt", ${BY_READINESS}, ${byTier(tiers)}`,
};

/**
 * The open leads of a rep by part, and in a part the readiest first, then the more valuable, then what is due sooner. They are put in
 * order before they are cut: what is left out is the least of its part. Only of those that are shown need and next step are read.
 */
export async function readDesk(
  db: Db,
  repId: string,
  {
    scoring,
    nowMs,
    zone,
    order = 'readiness',
    tier = null,
  }: { scoring: ScoringModel; nowMs: number; zone: string; order?: DeskOrder; tier?: string | null },
): Promise<DeskRow[]> {
  const moment = { atMs: nowMs, clock: 'lead', fading: scoring } as const;
  const tiers = (scoring.valueTiers ?? []).map(({ tier }) => tier);
  return planned<DeskRow>(
    db,
    Prisma.sql`
    WITH mine AS (
      SELECT l.id AS "leadId", a.id AS "assignmentId", a.status, l.need_id, l.value_tier AS "valueTier", a.snoozed_until AS "snoozedUntil",
        ${bound(READINESS_SQL, moment)} AS readiness, to_timestamp(${bound('$now', moment)} / 1000) AS lead_now,
        CASE WHEN a.status = 'offered' THEN a.due_at ELSE a.next_step_at END AS "dueAt"
      FROM assignments a JOIN leads l ON l.id = a.lead_id AND l.need_id = a.need_id
      WHERE a.rep_id = ${repId} AND a.status IN ('offered', 'accepted') AND l.stage IN ('assigned', 'qualifying', 'accepted', 'opportunity')
        AND (${tier}::text IS NULL OR l.value_tier = ${tier})
    ), parted AS (
      SELECT *, CASE WHEN "snoozedUntil" > lead_now THEN 'snoozed' WHEN status = 'offered' THEN 'waits'
        WHEN "dueAt" < (date_trunc('day', lead_now AT TIME ZONE ${zone}) + interval '1 day') AT TIME ZONE ${zone} THEN 'due' ELSE 'open' END AS part
      FROM mine
    ), placed AS (
      SELECT *, count(*) OVER (PARTITION BY part)::int AS "ofPart",
        row_number() OVER (PARTITION BY part ORDER BY ${ORDERED[order](tiers)}, "leadId") AS place
      FROM parted
    )
    SELECT p."leadId", p."assignmentId", p.part, p."ofPart", p.place, p.readiness, p."valueTier", p."dueAt", p."snoozedUntil",
      l.first_name AS "firstName", l.last_name AS "lastName", l.company, l.stage, l.score, l.score_at AS "scoreAt", l.score_parts AS "scoreParts",
      l.clock_offset_ms AS "clockOffsetMs", l.fit_grade AS "fitGrade", ${bound('$learned', moment)} AS learned,
      n.value_minor AS "valueMinor", n.currency,
      CASE WHEN p.status = 'accepted' AND p."dueAt" IS NOT NULL THEN s.body END AS "nextStep"
    FROM placed p JOIN leads l ON l.id = p."leadId" JOIN needs n ON n.id = p.need_id
    LEFT JOIN LATERAL (SELECT CASE WHEN kind = 'next-step' THEN body ELSE ${NEXT_CONTACT} END AS body FROM rep_activities r
      WHERE r.lead_id = p."leadId" AND (r.kind = 'next-step' OR r.due_at IS NOT NULL) ORDER BY r.occurred_at DESC, r.id DESC LIMIT 1) s ON TRUE
    WHERE p.place <= ${MOST_OF_A_PART} ORDER BY p.part, p.place`,
  );
}
