/**
 * The durable place of fetches that are not recorded yet. A statement here takes no lock on a lead and no connection of the main
 * pool, so that a person who clicks waits for neither.
 */
import type pg from 'pg';
import type { Repeats, TrackedFetch } from './fetch.ts';

/**
 * Keeps fetches in one statement. An unknown send, or one to a rep, is not tracked: nothing is kept and nothing is wrong. The same
 * fetch again changes nothing.
 */
export async function keepFetches(pool: pg.Pool, fetches: readonly TrackedFetch[]): Promise<void> {
  await keep(
    pool,
    fetches.map((fetch) => ({ hints: [], ...fetch, repeats: 0 })),
  );
}

/** Keeps counts; one row for each pixel or link, however many come before it is recorded. */
export async function keepRepeats(pool: pg.Pool, counted: readonly Repeats[]): Promise<void> {
  await keep(
    pool,
    counted.map(({ sendId, linkId, count, at }) => ({
      id: `repeats-${sendId}-${linkId ?? 'pixel'}`,
      sendId,
      linkId,
      method: 'GET',
      agent: 'none',
      hints: [],
      repeats: count,
      at,
    })),
  );
}

interface Kept {
  id: string;
  sendId: string;
  linkId: number | null;
  method: string;
  agent: string;
  hints: readonly string[];
  repeats: number;
  at: Date;
}

async function keep(pool: pg.Pool, rows: readonly Kept[]): Promise<void> {
  await pool.query({
    name: 'keep_fetches',
    text: `
      INSERT INTO tracked (id, lead_id, send_id, link_id, method, agent, hints, repeats, fetched_at)
      SELECT f.id, s.lead_id, s.id, f."linkId", f.method, f.agent, f.hints, f.repeats, f.at
      FROM json_to_recordset($1::json) AS f(
        id text, "sendId" text, "linkId" int, method text, agent text, hints text[], repeats int, at timestamptz)
      JOIN sends s ON s.id = f."sendId" AND s.audience = 'lead'
      ON CONFLICT (id) DO UPDATE SET repeats = tracked.repeats + excluded.repeats`,
    values: [JSON.stringify(rows)],
  });
}
