/** What a replay of scores reads: the human events of leads, and the changes of their scores that have no event. */
import type { Adjustment, PastEvent, ReplayRules, ScorePast } from '../../domain/score-replay.ts';
import type { Db, Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** Leads by their ids, or all of those with ids after `after` and up to `upTo`. */
export type WhichLeads = { ids: readonly string[] } | { after: string; upTo: string };

export interface PastOptions {
  rules: ReplayRules;
  /** Whose ids are wanted: without them a large replay reads far less. */
  withIds?: boolean;
}

/** By lead; leads of which nothing is read are missing. */
export async function readPast(
  db: Db | Tx,
  leads: WhichLeads,
  { rules, withIds = false }: PastOptions,
): Promise<Map<string, ScorePast>> {
  const types = [...rules.byType.keys()];
  const [events, adjustments] = await Promise.all([
    planned<{ leadId: string; packed: string }>(db, eventsOf(leads, rules, withIds)),
    planned<Adjustment & { leadId: string }>(db, adjustmentsOf(leads)),
  ]);
  const past = new Map<string, { events: PastEvent[]; adjustments: Adjustment[] }>();
  for (const { leadId, packed } of events) past.set(leadId, { events: unpacked(packed, types), adjustments: [] });
  for (const { leadId, ...one } of adjustments) {
    const of = past.get(leadId) ?? { events: [], adjustments: [] };
    of.adjustments.push(one);
    past.set(leadId, of);
  }
  return past;
}

/** [number of the type, epoch milliseconds, send, properties, id]; a value that no rule asks about is 0. */
type Packed = [number, number, string | null | 0, Record<string, unknown> | 0, string | 0];

function unpacked(packed: string, types: readonly string[]): PastEvent[] {
  return (JSON.parse(packed) as Packed[]).map(([type, occurredAtMs, sendId, properties, id]) => ({
    id: id === 0 ? '' : id,
    type: types[type] ?? '',
    properties: properties === 0 ? NOTHING : properties,
    sendId: sendId === 0 ? null : sendId,
    occurredAtMs,
  }));
}

const NOTHING = {};

/** One text a lead: a row an event would take several times as long to send and to read. */
function eventsOf(leads: WhichLeads, { byType }: ReplayRules, withIds: boolean): Prisma.Sql {
  const types = [...byType.keys()];
  const asksSend = types.filter((type) => byType.get(type)?.engagement.some(({ oncePerSend }) => oncePerSend));
  const asksProperties = types.filter((type) => readsProperties(byType.get(type)));
  const value = (wanted: readonly string[], sql: string): Prisma.Sql =>
    wanted.length === 0
      ? Prisma.sql`'0'`
      : Prisma.sql`CASE WHEN e.type = ANY(${[...wanted]}) THEN ${Prisma.raw(sql)} ELSE '0' END`;
  return Prisma.sql`
    SELECT e.lead_id AS "leadId", concat('[', string_agg(concat('[', array_position(${types}::text[], e.type) - 1, ',',
      (extract(epoch FROM e.occurred_at) * 1000)::bigint, ',', ${value(asksSend, `coalesce(to_json(e.send_id)::text, 'null')`)}, ',',
      ${value(asksProperties, 'e.properties::text')}, ',', ${Prisma.raw(withIds ? 'to_json(e.id)::text' : `'0'`)}, ']'), ','), ']') AS packed
    FROM events e
    WHERE ${whichLeads('e', leads)} AND NOT e.machine AND e.type = ANY(${types})
    GROUP BY e.lead_id`;
}

/** Does a rule ask what the events say? Their type, time and send are not properties. */
function readsProperties(model: ReplayRules['model'] | undefined): boolean {
  if (model === undefined) return false;
  return (
    [...model.engagement, ...model.highIntent].some(({ when }) => when !== undefined) ||
    model.engagement.some(({ points, productLine }) => typeof points === 'object' || typeof productLine === 'object')
  );
}

function adjustmentsOf(leads: WhichLeads): Prisma.Sql {
  return Prisma.sql`
    SELECT s.lead_id AS "leadId", s.rule, s.score_group AS "group", s.points,
      (extract(epoch FROM s.occurred_at) * 1000)::float8 AS "atMs"
    FROM score_ledger s
    WHERE ${whichLeads('s', leads)} AND s.event_id IS NULL AND s.replaced_by IS NULL ORDER BY s.id`;
}

function whichLeads(alias: 'e' | 's', leads: WhichLeads): Prisma.Sql {
  const id = Prisma.raw(`${alias}.lead_id`);
  return 'ids' in leads
    ? Prisma.sql`${id} = ANY(${[...leads.ids]})`
    : Prisma.sql`${id} > ${leads.after} AND ${id} <= ${leads.upTo}`;
}
