/** What a replay of scores reads: the human events of leads, and the changes of their scores that have no event. */
import { namesAsked } from '../../domain/fields/asked.ts';
import { OPEN_FIELDS } from '../../domain/fields/registry.ts';
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
  const asked = new Map(types.map((type) => [type, propertiesRead(byType.get(type))]));
  const asksProperties = types.filter((type) => (asked.get(type)?.length ?? 0) > 0);
  const names = [...new Set([...asked.values()].flat())];
  const value = (wanted: readonly string[], sql: Prisma.Sql): Prisma.Sql =>
    wanted.length === 0 ? Prisma.sql`'0'` : Prisma.sql`CASE WHEN e.type = ANY(${[...wanted]}) THEN ${sql} ELSE '0' END`;
  // Of the properties only those that rules ask about: an event may have many, and there are millions of events.
  const properties = Prisma.sql`jsonb_build_object(${Prisma.join(
    names.length === 0 ? [Prisma.sql`''`, Prisma.sql`0`] : names.flatMap(propertyNamed),
  )})::text`;
  const send = Prisma.raw(`coalesce(to_json(e.send_id)::text, 'null')`);
  return Prisma.sql`
    SELECT e.lead_id AS "leadId", concat('[', string_agg(concat('[', array_position(${types}::text[], e.type) - 1, ',',
      (extract(epoch FROM e.occurred_at) * 1000)::bigint, ',', ${value(asksSend, send)}, ',',
      ${value(asksProperties, properties)}, ',', ${Prisma.raw(withIds ? 'to_json(e.id)::text' : `'0'`)}, ']'), ','), ']') AS packed
    FROM events e
    WHERE ${whichLeads('e', leads)} AND NOT e.machine AND e.type = ANY(${types})
    GROUP BY e.lead_id`;
}

function propertyNamed(name: string): Prisma.Sql[] {
  return [Prisma.sql`${name}::text`, Prisma.sql`e.properties -> ${name}::text`];
}

/** The properties of events that rules ask about. Their type, time and send are none. */
function propertiesRead(model: ReplayRules['model'] | undefined): string[] {
  if (model === undefined) return [];
  const { prefix } = OPEN_FIELDS.event;
  const conditions = [...model.engagement, ...model.highIntent].map(({ when }) => when);
  const named = [...namesAsked(conditions)].filter((name) => name.startsWith(prefix));
  const from = model.engagement.flatMap(({ points, productLine }) => [
    ...(typeof points === 'object' ? [points.from] : []),
    ...(typeof productLine === 'object' ? [productLine.from] : []),
  ]);
  return [...named.map((name) => name.slice(prefix.length)), ...from];
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
