/**
 * What comes soon after delivery may be the first fetch of a scanner. It stays in the inbox for two seconds, so that its neighbors are
 * known when it is judged; a crash meanwhile loses nothing. All of this is asked only for such fetches.
 */
import {
  type FetchSignals,
  isEarly,
  mayBeScannersFirst,
  NEIGHBORS_MS,
  SIGN_PATTERN,
} from '../../domain/machine-open.ts';
import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { type DueFetch, putOffFetches } from './due.ts';

/** A fetch that is in the inbox. */
export interface Beside {
  sendId: string;
  linkId: number | null;
  /** Real time. */
  at: Date;
}

/** What is known around early fetches. Empty when there are none. */
export interface Around {
  inbox: readonly Beside[];
  /** The latest human sign of each lead, on its clock. */
  signMs: Map<string, number>;
  /** By id of the fetch: how many other people of the company fetched a link at the same moment. */
  othersAtCompany: ReadonlyMap<string, number>;
}

/** A fetch whose send is known, and what it shows by itself. */
export interface Known {
  fetch: DueFetch;
  signals: FetchSignals;
  /** When its message was sent, on the lead's clock. */
  sentMs: number;
}

const NOTHING: Omit<Around, 'signMs'> = { inbox: [], othersAtCompany: new Map() };

/** Puts off those that have not waited yet, and answers with their ids. The leads must be locked. */
export async function lookAround(
  tx: Tx,
  known: readonly Known[],
): Promise<{ around: Around; waiting: ReadonlySet<string> }> {
  const early = known.filter(({ signals }) => isEarly(signals));
  if (early.length === 0) return { around: { ...NOTHING, signMs: new Map() }, waiting: new Set() };
  const leadIds = [...new Set(early.map(({ fetch }) => fetch.leadId))];
  const waited = early.flatMap(({ fetch }) => (fetch.hasWaited && fetch.linkId !== null ? [fetch] : []));
  const [inbox, signMs, othersAtCompany] = await Promise.all([
    besideOf(tx, leadIds),
    signsOf(tx, leadIds, Math.min(...early.map(({ sentMs }) => sentMs))),
    othersOf(tx, waited),
  ]);
  const first = early.filter(
    ({ fetch, signals, sentMs }) =>
      !fetch.hasWaited && mayBeScannersFirst(signals) && (signMs.get(fetch.leadId) ?? -Infinity) < sentMs,
  );
  const waiting = new Set(first.map(({ fetch }) => fetch.id));
  if (waiting.size > 0) await putOffFetches(tx, [...waiting], NEIGHBORS_MS);
  return { around: { inbox, signMs, othersAtCompany }, waiting };
}

function besideOf(tx: Tx, leadIds: readonly string[]): Promise<Beside[]> {
  return tx.$queryRaw<Beside[]>`
    SELECT send_id AS "sendId", link_id AS "linkId", fetched_at AS at FROM tracked WHERE lead_id = ANY(${[...leadIds]}) AND repeats = 0`;
}

async function signsOf(tx: Tx, leadIds: readonly string[], sinceMs: number): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ leadId: string; at: Date }[]>`
    SELECT lead_id AS "leadId", max(occurred_at) AS at FROM events
    WHERE lead_id = ANY(${[...leadIds]}) AND occurred_at >= ${new Date(sinceMs)} AND type ~ ${SIGN_PATTERN} AND NOT machine
      AND coalesce(properties->>'verdict', '') <> 'unknown'
    GROUP BY lead_id`;
  return new Map(rows.map(({ leadId, at }) => [leadId, at.getTime()]));
}

/** Of a large company so many others are looked at. */
const MOST_OTHERS = 500;

/** Free mail is nobody's company: its users do not share a gateway, and have no account. */
async function othersOf(tx: Tx, clicks: readonly DueFetch[]): Promise<Map<string, number>> {
  if (clicks.length === 0) return new Map();
  const asked = clicks.map(({ id, leadId, at }) => ({ id, lead: leadId, at }));
  const within = Prisma.sql`BETWEEN q.at - ${NEIGHBORS_MS} * interval '1 millisecond' AND q.at + ${NEIGHBORS_MS} * interval '1 millisecond'`;
  const rows = await tx.$queryRaw<{ id: string; others: number }[]>`
    SELECT q.id, count(*)::int AS others
    FROM json_to_recordset(${JSON.stringify(asked)}::json) AS q(id text, lead text, at timestamptz)
    JOIN leads me ON me.id = q.lead
    CROSS JOIN LATERAL (SELECT id FROM leads WHERE account_id = me.account_id AND id <> me.id LIMIT ${MOST_OTHERS}) other
    WHERE EXISTS (SELECT FROM tracked t WHERE t.lead_id = other.id AND t.link_id IS NOT NULL AND t.fetched_at ${within})
      OR EXISTS (SELECT FROM events e WHERE e.lead_id = other.id AND e.type = 'email.clicked' AND e.occurred_at ${within})
    GROUP BY q.id`;
  return new Map(rows.map(({ id, others }) => [id, others]));
}
