/** Leads that are ready and that nobody has: what is known of when each is offered. */
import { leadInScope } from '../access/scope.ts';
import type { Scope } from '../../domain/policy.ts';
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { WAITS_FOR_PERSON, WITH_NO_REP } from './with-no-rep.ts';
import { planned } from '../planned.ts';

export interface QueuePlace {
  leadId: string;
  /** `room`, `hours` (nobody is at work), `error` (the rules or the reps leave it no way); null: a person has to say who gets it. */
  waitingFor: string | null;
  /** When the offer is tried again if nobody has room before, on the lead's clock. */
  tryAgainAt: Date | null;
  /** When the overflow team is asked too, on the lead's clock. */
  overflowAt: Date | null;
}

export async function readQueuePlaces(db: Db, leadIds: readonly string[]): Promise<Map<string, QueuePlace>> {
  if (leadIds.length === 0) return new Map();
  const rows = await planned<QueuePlace>(
    db,
    Prisma.sql`
    SELECT l.id AS "leadId", CASE WHEN n.waiting_because IS NULL THEN n.waiting_for END AS "waitingFor",
      n.try_again_at AS "tryAgainAt", n.overflow_at AS "overflowAt"
    FROM leads l JOIN needs n ON n.id = l.need_id WHERE l.id = ANY(${[...leadIds]})`,
  );
  return new Map(rows.map((row) => [row.leadId, row]));
}

/** Leads that are offered by themselves as soon as their team is at work. */
export interface Opening {
  leads: number;
  /** When the first of them is; null: there is none. */
  firstAt: Date | null;
}

/** More are not counted. */
export const MOST_OPENING = 1_000;

export async function readOpening(db: Db, scope: Scope): Promise<Opening> {
  const [row] = await planned<Opening>(
    db,
    Prisma.sql`
    SELECT count(*)::int AS leads, min(at) AS "firstAt" FROM (
      SELECT n.try_again_at AS at FROM needs n JOIN leads o ON o.need_id = n.id
      WHERE n.waiting_team IS NOT NULL AND n.waiting_for = 'hours' AND n.waiting_because IS NULL
        AND o.stage = 'qualified' AND o.paused_at IS NULL AND o.held_at IS NULL AND ${leadInScope(scope, 'o.id')}
      LIMIT ${MOST_OPENING}) opening`,
  );
  return row ?? { leads: 0, firstAt: null };
}

/** Ready leads with no rep that wait neither for a person nor for the hours of their team. */
export interface Unoffered {
  /** They are about to be offered. */
  soon: number;
  /** A person paused them. */
  paused: number;
  /** Their processes could not go on. */
  held: number;
}

/** More are not counted. */
export const MOST_UNOFFERED = 1_000;

export async function readUnoffered(db: Db, scope: Scope): Promise<Unoffered> {
  const [row] = await planned<Unoffered>(
    db,
    Prisma.sql`
    SELECT count(*) FILTER (WHERE why = 'soon')::int AS soon, count(*) FILTER (WHERE why = 'paused')::int AS paused,
      count(*) FILTER (WHERE why = 'held')::int AS held
    FROM (
      SELECT CASE WHEN without.held_at IS NOT NULL THEN 'held' WHEN without.paused_at IS NOT NULL THEN 'paused' ELSE 'soon' END AS why
      FROM (
        SELECT l.id, l.held_at, l.paused_at FROM ${WITH_NO_REP} AND NOT ${WAITS_FOR_PERSON}
          AND (n.waiting_for IS DISTINCT FROM 'hours' OR l.held_at IS NOT NULL OR l.paused_at IS NOT NULL)
      ) without WHERE ${leadInScope(scope, 'without.id')} LIMIT ${MOST_UNOFFERED}) unoffered`,
  );
  return row ?? { soon: 0, paused: 0, held: 0 };
}
