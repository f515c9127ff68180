import type { DueKind } from '../../domain/dues.ts';
import { NEXT_CONTACT } from '../../domain/next-step.ts';
import type { Readiness } from '../../domain/readiness.ts';
import { READINESS } from '../../domain/readiness.ts';
import { RATING_FIELDS } from '../../domain/fields/of-rating.ts';
import type { ScoringModel } from '../../domain/scoring.ts';
import { bound } from '../conditions/bind.ts';
import { leadInScope } from '../access/scope.ts';
import type { Db } from '../db.ts';
import { planned } from '../planned.ts';
import { DUE_TIMES, duesSql } from './dues.ts';
import { Prisma } from '../generated/client.ts';

/** `waits`: for the rep's decision. `due`: today in the rep's zone, or overdue, or an answer of the lead that the rep has not answered and for which the team sets no time. `snoozed`: put off by the rep, and nothing of it is due today. */
export type DeskPart = 'waits' | 'due' | 'open' | 'snoozed';

/** `readiness`: the readiest first, then the more valuable, then what is due sooner. */
export const DESK_ORDERS = ['readiness', 'value', 'due'] as const;
export type DeskOrder = (typeof DESK_ORDERS)[number];

/** `overdue`: by now. `today`, `week`: by the end of it in the rep's zone, what is overdue among them. A week ends on Sunday. */
export const DESK_DUES = ['overdue', 'today', 'week'] as const;
export type DeskDue = (typeof DESK_DUES)[number];

/** What a cadence asks the rep to do for a lead, whoever has the lead. */
export interface DeskTask {
  id: string;
  /** call, message. */
  kind: string;
  body: string;
  email: string | null;
}

/** A lead that a rep has, or is offered, or has a task with. */
export interface DeskRow {
  part: DeskPart;
  /** The number of leads in its part, also of those that are not shown. */
  ofPart: number;
  leadId: string;
  /** Null for a task. */
  assignmentId: string | null;
  task: DeskTask | null;
  /** Whether the rep may open its page: a lead of whom they have but a task may be nobody's, or a colleague's. */
  isTheirs: boolean;
  /** It waits for the rep's decision, put off or not. */
  isOffer: boolean;
  /** The rep has yet to get in touch with it. False for a task. */
  isNew: boolean;
  phone: string | null;
  /** Null, or past: it is not put off. */
  snoozedUntil: Date | null;
  /** It is put off, and stands among the others as something of it is due then; null: it is not put off, or nothing is due today. */
  shownFor: Date | null;
  /** What is due first, of a hand-off; null: nothing is, or it is a task. */
  due: DueKind | null;
  /** When that is; null: nothing is due. */
  dueAt: Date | null;
  /** The end of the offer; null: it is none. */
  decideBy: Date | null;
  /** By when a reply of the lead is to be answered; null: none waits. Of an offer this and the next two are due once it is accepted. */
  answerBy: Date | null;
  /** The name of the colleague who is away and as whose deputy the rep got it; null: it came otherwise. */
  standsInFor: string | null;
  /** When the lead answered one of our mails, where the rep has not been in touch since; null: it did not. */
  repliedAt: Date | null;
  /** By when the first contact is to be made; null: it was made, or its team has no such time. */
  contactBy: Date | null;
  /** When the next step is due, also one that was planned by who had the lead before; null: none is planned. */
  stepAt: Date | null;
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

/** When the lead answered, where its rep has yet to answer and its team sets no time for it: with a time, that stands among what is due. */
export function waitingReply({ isOffer, answerBy, repliedAt }: DeskRow): Date | null {
  return isOffer || answerBy !== null ? null : repliedAt;
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

const endOf = (span: 'day' | 'week', zone: string): Prisma.Sql =>
  Prisma.sql`(date_trunc(${span}, lead_now AT TIME ZONE ${zone}) + ${`1 ${span}`}::interval) AT TIME ZONE ${zone}`;

const DUE_BY: Readonly<Record<DeskDue, (zone: string) => Prisma.Sql>> = {
  overdue: () => Prisma.sql`"dueAt" < lead_now`,
  today: (zone) => Prisma.sql`"dueAt" < ${endOf('day', zone)}`,
  week: (zone) => Prisma.sql`"dueAt" < ${endOf('week', zone)}`,
};

interface Asked {
  scoring: ScoringModel;
  nowMs: number;
  zone: string;
  order?: DeskOrder;
  tier?: string | null;
  due?: DeskDue | null;
}

/**
 * The open leads of a rep, and the tasks that cadences ask of the rep, by part, and in a part the readiest first, then the more valuable, then what is due sooner. They are put in
 * order before they are cut: what is left out is the least of its part. Only of those that are shown need and next step are read.
 */
export async function readDesk(
  db: Db,
  repId: string,
  { scoring, nowMs, zone, order = 'readiness', tier = null, due = null }: Asked,
): Promise<DeskRow[]> {
  const moment = { atMs: nowMs, clock: 'lead', fading: scoring } as const;
  const tiers = (scoring.valueTiers ?? []).map(({ tier }) => tier);
  const ofLead = Prisma.sql`l.id AS "leadId", l.need_id, l.value_tier AS "valueTier", ${bound(READINESS_SQL, moment)} AS readiness,
        to_timestamp(${bound('$now', moment)} / 1000) AS lead_now`;
  const rows = await planned<Omit<DeskRow, 'task'> & Nullable<DeskTask>>(
    db,
    Prisma.sql`
    WITH mine AS (
      SELECT ${ofLead}, h.id AS "assignmentId", NULL AS task_id, h.status::text, h.snoozed_until AS "snoozedUntil", d.due, d.due_at AS "dueAt",
        ${DUE_TIMES.decision} AS "decideBy", ${DUE_TIMES.answer} AS "answerBy", ${DUE_TIMES['first contact']} AS "contactBy",
        ${DUE_TIMES['next step']} AS "stepAt", h.first_contact_at IS NULL AS "isNew", h.replied_at AS "repliedAt", CASE WHEN h.chosen->>'kind' = 'deputy' THEN h.chosen->>'insteadOf' END AS instead_of
      FROM assignments h JOIN leads l ON l.id = h.lead_id AND l.need_id = h.need_id LEFT JOIN LATERAL (${duesSql(Prisma.sql`l.stage`)} LIMIT 1) d ON TRUE
      WHERE h.rep_id = ${repId} AND h.status IN ('offered', 'accepted') AND l.stage IN ('assigned', 'qualifying', 'accepted', 'opportunity')
        AND (${tier}::text IS NULL OR l.value_tier = ${tier})
      UNION ALL
      SELECT ${ofLead}, NULL, t.id, 'task', NULL, NULL, t.due_at, NULL, NULL, NULL, NULL, FALSE, NULL, NULL FROM tasks t JOIN leads l ON l.id = t.lead_id
      WHERE t.rep_id = ${repId} AND t.status = 'open' AND t.kind <> 'next-step' AND (${tier}::text IS NULL OR l.value_tier = ${tier})
    ), parted AS (
      SELECT *, CASE WHEN status = 'accepted' AND "repliedAt" IS NOT NULL AND "answerBy" IS NULL THEN 'due' WHEN "snoozedUntil" > lead_now AND ${DUE_BY.today(zone)} IS NOT TRUE THEN 'snoozed'
        WHEN status = 'offered' THEN 'waits' WHEN ${DUE_BY.today(zone)} THEN 'due' ELSE 'open' END AS part,
        CASE WHEN "snoozedUntil" > lead_now AND ${DUE_BY.today(zone)} THEN "dueAt" END AS "shownFor"
      FROM mine WHERE ${due === null ? Prisma.sql`TRUE` : DUE_BY[due](zone)}
    ), placed AS (
      SELECT *, count(*) OVER (PARTITION BY part)::int AS "ofPart",
        row_number() OVER (PARTITION BY part ORDER BY ${ORDERED[order](tiers)}, "leadId", task_id) AS place
      FROM parted
    )
    SELECT p."leadId", p."assignmentId", p.part, p."ofPart", p.place, p.readiness, p."valueTier", p.due, p."dueAt", p."decideBy", p."answerBy", p."contactBy", p."stepAt", p."snoozedUntil",
      p."shownFor", p.status = 'offered' AS "isOffer", p."isNew", p."repliedAt", (SELECT name FROM reps WHERE reps.id = p.instead_of) AS "standsInFor", l.phone, l.first_name AS "firstName", l.last_name AS "lastName", l.company, l.stage, l.score, l.score_at AS "scoreAt", l.score_parts AS "scoreParts",
      l.clock_offset_ms AS "clockOffsetMs", l.fit_grade AS "fitGrade", ${bound('$learned', moment)} AS learned,
      n.value_minor AS "valueMinor", n.currency,
      CASE WHEN p."stepAt" IS NOT NULL THEN s.body END AS "nextStep",
      p.status <> 'task' OR ${leadInScope({ kind: 'rep', repId, teams: [] }, 'p."leadId"')} AS "isTheirs",
      t.id, t.kind, t.body, CASE WHEN t.id IS NOT NULL THEN l.email END AS email
    FROM placed p JOIN leads l ON l.id = p."leadId" LEFT JOIN needs n ON n.id = p.need_id LEFT JOIN tasks t ON t.id = p.task_id
    LEFT JOIN LATERAL (SELECT CASE WHEN kind = 'next-step' THEN body ELSE ${NEXT_CONTACT} END AS body FROM rep_activities r
      WHERE r.lead_id = p."leadId" AND (r.kind = 'next-step' OR r.due_at IS NOT NULL) ORDER BY r.occurred_at DESC, r.id DESC LIMIT 1) s ON TRUE
    WHERE p.place <= ${MOST_OF_A_PART} ORDER BY p.part, p.place`,
  );
  return rows.map(({ id, kind, body, email, ...row }) => ({
    ...row,
    task: id === null ? null : { id, kind: kind ?? '', body: body ?? '', email },
  }));
}

type Nullable<T> = { [Key in keyof T]: T[Key] | null };
