/**
 * The floor of `events`, in its own process like the API: Express, JSON, zod, and one statement that inserts the raw rows into a
 * table with the same columns and indexes. It has no keys, no score, no ledger and no answer for each item.
 */
import express from 'express';
import pg from 'pg';
import { z } from 'zod';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
await pool.query(
  'CREATE TABLE IF NOT EXISTS bench_events (LIKE events INCLUDING ALL, FOREIGN KEY (lead_id) REFERENCES leads (id))',
);

const Item = z.strictObject({
  id: z.string().min(1).max(200),
  leadId: z.string().min(1).max(200),
  type: z.string().min(1).max(100),
  properties: z.record(z.string(), z.unknown()),
});
const Body = z.union([z.strictObject({ events: z.array(Item).min(1).max(500) }), Item]);

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json({ limit: '1mb' }));
app.post('/v1/events', async (request, response) => {
  const body = Body.parse(request.body);
  const items = 'events' in body ? body.events : [body];
  const inserted = await pool.query(
    `INSERT INTO bench_events (id, bare_id, lead_id, type, properties, occurred_at)
     SELECT id, false, "leadId", type, properties, now()
     FROM json_to_recordset($1::json) AS e(id text, "leadId" text, type text, properties jsonb)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(items)],
  );
  response.json({ accepted: inserted.rowCount });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));
