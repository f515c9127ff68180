import type { Tx } from '../db.ts';

/** Engagement that counted and what the lead did, the newest first: what a rep is told. */
export interface Brief {
  reasons: { rule: string; points: number; at: Date }[];
  actions: { what: string; at: Date }[];
}

const SHOWN = 8;

export async function readBrief(tx: Tx, leadId: string): Promise<Brief> {
  const [entries, events] = await Promise.all([
    tx.scoreEntry.findMany({ where: { leadId }, orderBy: { id: 'desc' }, take: SHOWN }),
    tx.event.findMany({ where: { leadId, machine: false }, orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }], take: SHOWN }),
  ]);
  return {
    reasons: entries.map(({ rule, points, occurredAt }) => ({ rule, points, at: occurredAt })),
    actions: events.map(({ type, properties, occurredAt }) => ({ what: describe(type, properties), at: occurredAt })),
  };
}

/** "email.clicked: ebook-checklist", "page.viewed: /pricing". */
function describe(type: string, properties: unknown): string {
  const more = typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>) : {};
  const detail = [more['template'], more['path'], more['page'], more['title'], more['url']].find((value) => typeof value === 'string');
  return detail === undefined ? type : `${type}: ${String(detail)}`;
}
