import type { Tx } from '../db.ts';

/** An open or click that was recorded before, as later ones of its send are judged by. */
export interface Engaged {
  /** Of an event that counts so far, and could be shown to be a machine's by what comes at once with it. */
  id?: string | null;
  sendId: string;
  /** Null for the pixel. */
  linkId: number | null;
  machine: boolean;
  /** On the lead's clock. */
  atMs: number;
}

/** Opens and clicks of sends since then, on the leads' clocks. By an index of lead, type and time: however long ago a send was read often. */
export async function engagedSince(
  tx: Tx,
  want: { leadIds: readonly string[]; sendIds: readonly string[]; since: Date },
): Promise<Engaged[]> {
  const rows = await tx.$queryRaw<(Omit<Engaged, 'atMs'> & { at: Date })[]>`
    SELECT CASE WHEN NOT machine AND properties->>'confirmedBy' IS NULL THEN id END AS id, send_id AS "sendId", (properties->>'linkId')::int AS "linkId", machine, occurred_at AS at FROM events
    WHERE lead_id = ANY(${[...want.leadIds]}) AND type IN ('email.opened', 'email.clicked') AND occurred_at > ${want.since}
      AND send_id = ANY(${[...want.sendIds]})`;
  return rows.map(({ at, ...engaged }) => ({ ...engaged, atMs: at.getTime() }));
}

/** How many other links of the same message were fetched within so many milliseconds. */
export function otherLinksAround(
  one: Pick<Engaged, 'sendId' | 'linkId' | 'atMs'>,
  among: readonly Pick<Engaged, 'sendId' | 'linkId' | 'atMs'>[],
  withinMs: number,
): number {
  const others = among.filter(
    ({ sendId, linkId, atMs }) =>
      sendId === one.sendId && linkId !== null && linkId !== one.linkId && Math.abs(atMs - one.atMs) < withinMs,
  );
  return new Set(others.map(({ linkId }) => linkId)).size;
}

/** More of the same, to be added to the latest open or click of its kind. */
export interface Repeated {
  leadId: string;
  sendId: string;
  linkId: number | null;
  /** Null when it is not known whose they were. */
  machine: boolean | null;
  count: number;
}

/** Adds to the count in the event that was stored last: `repeats` says how often the same was done after it. */
export async function addRepeats(tx: Tx, repeated: readonly Repeated[]): Promise<void> {
  if (repeated.length === 0) return;
  await tx.$executeRaw`
    UPDATE events e
    SET properties = e.properties || jsonb_build_object('repeats', coalesce((e.properties->>'repeats')::int, 0) + last.count)
    FROM (
      SELECT found.id, sum(r.count)::int AS count
      FROM json_to_recordset(${JSON.stringify(repeated)}::json) AS r(
        "leadId" text, "sendId" text, "linkId" int, machine boolean, count int)
      CROSS JOIN LATERAL (
        SELECT id FROM events
        WHERE lead_id = r."leadId" AND type = CASE WHEN r."linkId" IS NULL THEN 'email.opened' ELSE 'email.clicked' END
          AND send_id = r."sendId" AND (properties->>'linkId')::int IS NOT DISTINCT FROM r."linkId"
          AND (r.machine IS NULL OR machine = r.machine)
        ORDER BY occurred_at DESC, id DESC LIMIT 1
      ) found
      GROUP BY found.id
    ) last
    WHERE e.id = last.id`;
}
