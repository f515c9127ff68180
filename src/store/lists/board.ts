/** What a manager's board shows: what each rep has, how fast they answer, and the leads that stand out. */
import type { AssignmentStatus } from '../../domain/assignment.ts';
import { NEXT_CONTACT } from '../../domain/next-step.ts';
import type { Scope } from '../../domain/policy.ts';
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';
import { IN_TIME, IN_TIME_OR_NOT } from './decisions.ts';
import { countHeld, type Held } from './held.ts';
import { FURTHEST_CLOCK, isInBoard, openLeads, STANDS_OUT, type StandsOut } from './open-leads.ts';
import type { ListedRep } from './reps.ts';
import { ANSWER_LATE_SINCE, CONTACT_DUE } from './run-out.ts';

export interface BoardLead {
  leadId: string;
  assignmentId: string;
  repId: string;
  team: string;
  status: 'offered' | 'accepted';
  stage: string;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  fitGrade: 'A' | 'B' | 'C' | 'D';
  valueMinor: bigint | null;
  currency: string | null;
  /** The decision, or the next step. */
  dueAt: Date | null;
  nextStep: string | null;
  standsOut: StandsOut | null;
  /** Since when it stands out. */
  since: Date | null;
  clockOffsetMs: bigint;
}

/** Open leads that are with a rep, of one team: of those that stand out, how many for each reason. */
export interface Load extends Readonly<Record<StandsOut, number>> {
  repId: string;
  team: string;
  offered: number;
  accepted: number;
}

/** How long something took in seconds, and the share of what was in time (0 to 1); null: there was none, or no time was set. */
export interface Pace {
  median: number | null;
  p90: number | null;
  inTime: number | null;
}

/** Of a rep, or of a team. */
export interface Response {
  repId: string | null;
  team: string | null;
  /** From when the rep was told to the first logged contact. */
  contact: Pace;
  /** From a reply of a lead to the contact that answers it. */
  answer: Pace;
  /** Seconds from the offer to the decision. */
  median: number | null;
  p90: number | null;
  /** 0 to 1: decided before the offer was over. */
  inTime: number;
  offers: number;
}

const DAYS_OF_RESPONSE = 30;

/** So that PostgreSQL plans for it, it is read before. */
async function readFurthestClock(db: Db): Promise<Prisma.Sql> {
  const [row] = await db.$queryRaw<{ at: Date }[]>`SELECT ${FURTHEST_CLOCK} AS at`;
  return Prisma.sql`${row?.at ?? new Date()}`;
}

/** Open leads of a rep and team that stand out for one reason. */
interface Standing {
  repId: string;
  team: string;
  standsOut: StandsOut;
  leads: number;
}

/** What is known of all reps already. */
export interface Known {
  held: readonly Held[];
  reps: readonly Pick<ListedRep, 'id' | 'teams'>[];
}

/** The number of open leads of each rep in each team, or of one rep, and of those that stand out. */
export async function readLoads(db: Db, scope: Scope, repId: string | null, { held, reps }: Known): Promise<Load[]> {
  const teamsOf = new Map(reps.map(({ id, teams }) => [id, teams]));
  const isSeen = (one: Held): boolean =>
    (repId === null || one.repId === repId) && isInBoard(scope, one.team, teamsOf.get(one.repId) ?? []);
  const standing = await planned<Standing>(
    db,
    Prisma.sql`
    SELECT o.rep_id AS "repId", o.team, o.stands_out AS "standsOut", count(*)::int AS leads
    FROM (${openLeads(scope, repId, await readFurthestClock(db))}) o
    WHERE o.stands_out IS NOT NULL GROUP BY o.rep_id, o.team, o.stands_out`,
  );
  const groupOf = ({ repId: rep, team }: Held | Standing): string => `${rep} ${team}`;
  const standingOf = Map.groupBy(standing, groupOf);
  return [...Map.groupBy(held.filter(isSeen), groupOf)].flatMap(([group, its]) => {
    const [first] = its;
    if (first === undefined) return [];
    const count = (status: Held['status']): number => countHeld(its.filter((one) => one.status === status));
    const ofKinds = Object.fromEntries(
      STANDS_OUT.map((kind) => [kind, standingOf.get(group)?.find(({ standsOut }) => standsOut === kind)?.leads ?? 0]),
    ) as Record<StandsOut, number>;
    return [
      { ...ofKinds, repId: first.repId, team: first.team, offered: count('offered'), accepted: count('accepted') },
    ];
  });
}

/** By what leads can be put in order. */
export const BOARD_ORDERS = ['why', 'since', 'next', 'rep', 'lead', 'value'] as const;
export type BoardOrder = (typeof BOARD_ORDERS)[number];

const ORDERS: Readonly<Record<BoardOrder, { by: Prisma.Sql; joins: Prisma.Sql }>> = {
  why: { by: Prisma.sql`array_position(${[...STANDS_OUT]}::text[], o.stands_out)`, joins: Prisma.empty },
  since: { by: Prisma.sql`o.since`, joins: Prisma.empty },
  next: { by: Prisma.sql`o.due_at`, joins: Prisma.empty },
  rep: { by: Prisma.sql`r.name`, joins: Prisma.sql`JOIN reps r ON r.id = o.rep_id` },
  lead: {
    by: Prisma.sql`coalesce(l.last_name, l.first_name, l.company)`,
    joins: Prisma.sql`JOIN leads l ON l.need_id = o.need_id`,
  },
  value: { by: Prisma.sql`n.value_minor`, joins: Prisma.sql`JOIN needs n ON n.id = o.need_id` },
};

export interface BoardAsk {
  /** All leads of one rep; null: those that stand out, of every rep. */
  repId: string | null;
  /** Only leads that stand out for this. */
  kind: StandsOut | null;
  order: BoardOrder;
  down: boolean;
  /** Leads that are passed over, and that are read. */
  offset: number;
  limit: number;
}

/** Leads of a board, in the order asked for and in it the longest overdue first. Only of those that are shown more is read. */
export async function readBoardLeads(db: Db, scope: Scope, ask: BoardAsk): Promise<BoardLead[]> {
  const { repId, kind, order, down, offset, limit } = ask;
  const { by, joins } = ORDERS[order];
  const wanted =
    kind !== null
      ? Prisma.sql`o.stands_out = ${kind}`
      : repId === null
        ? Prisma.sql`o.stands_out IS NOT NULL`
        : Prisma.sql`TRUE`;
  return planned<BoardLead>(
    db,
    Prisma.sql`
    WITH shown AS MATERIALIZED (
      SELECT s.*, row_number() OVER () AS place FROM (
        SELECT o.* FROM (${openLeads(scope, repId, await readFurthestClock(db))}) o ${joins} WHERE ${wanted}
        ORDER BY ${by} ${down ? Prisma.sql`DESC` : Prisma.sql`ASC`} NULLS LAST, o.since, o.need_id LIMIT ${limit} OFFSET ${offset}) s)
    SELECT a.lead_id AS "leadId", a.id AS "assignmentId", a.rep_id AS "repId", a.team, a.status::text AS status, l.stage,
      l.first_name AS "firstName", l.last_name AS "lastName", l.company, l.fit_grade AS "fitGrade",
      n.value_minor AS "valueMinor", n.currency, l.clock_offset_ms AS "clockOffsetMs", o.due_at AS "dueAt", o.stands_out AS "standsOut",
      CASE WHEN o.stands_out IS NOT NULL THEN o.since END AS since,
      CASE WHEN a.next_step_at IS NOT NULL AND a.status = 'accepted' THEN s.body END AS "nextStep"
    FROM shown o JOIN assignments a ON a.need_id = o.need_id AND a.status IN ('offered', 'accepted')
    JOIN leads l ON l.id = a.lead_id JOIN needs n ON n.id = a.need_id
    LEFT JOIN LATERAL (SELECT CASE WHEN p.kind = 'next-step' THEN p.body ELSE ${NEXT_CONTACT} END AS body FROM rep_activities p
      WHERE p.lead_id = a.lead_id AND (p.kind = 'next-step' OR p.due_at IS NOT NULL) ORDER BY p.occurred_at DESC, p.id DESC LIMIT 1) s ON TRUE
    ORDER BY o.place`,
  );
}

/**
 * How fast each rep and each team was in the last 30 days: with decisions, first contacts and answers to replies. Who let an offer pass,
 * or has not decided on it though its time is over, has not decided in time. What a manager moved away undecided, and an opportunity that nobody had to
 * accept, is no decision; one that was moved away after the decision still is.
 */
export async function readResponses(db: Db, repIds: readonly string[], now: Date): Promise<Response[]> {
  const since = new Date(now.getTime() - DAYS_OF_RESPONSE * 86_400_000);
  const ids = [...repIds];
  const [offers, answers] = await Promise.all([
    db.$queryRaw<
      (Omit<Response, 'contact' | 'answer'> & {
        contact: number | null;
        contactP90: number | null;
        contactInTime: number | null;
      })[]
    >`
    SELECT rep_id AS "repId", team, (count(*) FILTER (WHERE ${IN_TIME_OR_NOT}))::int AS offers,
      ${paceOf(Prisma.sql`offer_decided_at - coalesce(told_at, offered_at)`, 0.5)} AS median,
      ${paceOf(Prisma.sql`offer_decided_at - coalesce(told_at, offered_at)`, 0.9)} AS p90,
      coalesce(avg(CASE WHEN ${IN_TIME} THEN 1.0 ELSE 0.0 END) FILTER (WHERE ${IN_TIME_OR_NOT}), 0)::float8 AS "inTime",
      ${paceOf(FIRST_CONTACT, 0.5)} FILTER (WHERE first_contact_at IS NOT NULL) AS contact,
      ${paceOf(FIRST_CONTACT, 0.9)} FILTER (WHERE first_contact_at IS NOT NULL) AS "contactP90",
      avg(CASE WHEN first_contact_at <= contact_due_at THEN 1.0 ELSE 0.0 END)
        FILTER (WHERE ${CONTACT_DUE})::float8 AS "contactInTime"
    FROM assignments a
    WHERE rep_id = ANY(${ids}) AND offered_at > ${since}
    GROUP BY GROUPING SETS ((rep_id), (team)) ORDER BY team`,
    db.$queryRaw<(Pace & Pick<Response, 'repId' | 'team'>)[]>`
    SELECT rep_id AS "repId", team, ${paceOf(Prisma.sql`answered_at - replied_at`, 0.5)} AS median, ${paceOf(Prisma.sql`answered_at - replied_at`, 0.9)} AS p90,
      avg(CASE WHEN answered_at <= due_at THEN 1.0 ELSE 0.0 END) FILTER (WHERE due_at IS NOT NULL)::float8 AS "inTime"
    FROM (
      SELECT rep_id, team, replied_at, due_at, answered_at FROM reply_answers WHERE rep_id = ANY(${ids}) AND answered_at > ${since}
      UNION ALL
      SELECT rep_id, team, replied_at, answer_due_at, NULL FROM assignments a
      WHERE rep_id = ANY(${ids}) AND status = 'accepted' AND closed_at IS NULL AND ${ANSWER_LATE_SINCE} > ${since}) a
    GROUP BY GROUPING SETS ((rep_id), (team))`,
  ]);
  return offers.map(({ contact, contactP90, contactInTime, ...one }) => ({
    ...one,
    contact: { median: contact, p90: contactP90, inTime: contactInTime },
    answer: answers.find(({ repId, team }) => repId === one.repId && team === one.team) ?? NO_PACE,
  }));
}

const NO_PACE: Pace = { median: null, p90: null, inTime: null };
const FIRST_CONTACT = Prisma.sql`first_contact_at - coalesce(told_at, offered_at)`;

/** "9 of 10 in" is a time that there was, so that no team is slower by it than each of its reps. */
function paceOf(span: Prisma.Sql, share: 0.5 | 0.9): Prisma.Sql {
  const percentile = share === 0.5 ? Prisma.sql`percentile_cont` : Prisma.sql`percentile_disc`;
  return Prisma.sql`${percentile}(${share}::float8) WITHIN GROUP (ORDER BY extract(epoch FROM ${span})::float8)`;
}

interface CurrentAssignment {
  leadId: string;
  assignmentId: string;
  status: AssignmentStatus;
  /** `rerouted`: a person gave it to its rep. */
  rule: string;
}

/** The latest assignments of leads, which a manager reroutes; those of other leads are left out. */
export async function readCurrentAssignments(db: Db, leadIds: readonly string[]): Promise<CurrentAssignment[]> {
  return db.$queryRaw<CurrentAssignment[]>`
    SELECT DISTINCT ON (a.need_id) a.lead_id AS "leadId", a.id AS "assignmentId", a.status, a.rule
    FROM assignments a JOIN leads l ON l.id = a.lead_id AND l.need_id = a.need_id
    WHERE a.lead_id = ANY(${[...leadIds]}) ORDER BY a.need_id, a.created_at DESC, a.id DESC`;
}
