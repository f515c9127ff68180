/** What older versions wrote to the timeline of the funnel becomes rows, once, when the version is installed. */
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { migrate } from '../../src/store/migrations/migrate.ts';

const TARGET = '20261204600000_funnel_changes';

test('steps of the funnel on the timeline become rows of their need, each once; one that nobody wrote there is taken from the need', async () => {
  const name = `funnel_changes_${process.pid}`;
  const url = new URL(inject('databaseAdminUrl'));
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  url.pathname = `/${name}`;
  const prismaDir = await mkdtemp(path.join(tmpdir(), 'nurture-funnel-changes-'));
  const own = path.join(import.meta.dirname, '..', '..', 'prisma', 'migrations');
  const names = (await readdir(own)).filter((one) => !one.endsWith('.toml')).toSorted();
  try {
    const migrations = path.join(prismaDir, 'migrations');
    await mkdir(migrations);
    await cp(path.join(own, 'migration_lock.toml'), path.join(migrations, 'migration_lock.toml'));
    const take = (some: readonly string[]) =>
      Promise.all(some.map((one) => cp(path.join(own, one), path.join(migrations, one), { recursive: true })));
    await take(names.filter((one) => one < TARGET));
    await migrate(url.href, { prismaDir });
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`
      INSERT INTO leads (id, email, score_at, updated_at, stage) VALUES
        ('lead-1', 'a@b.example', now(), now(), 'nurturing'), ('lead-2', 'b@b.example', now(), now(), 'opportunity');
      INSERT INTO needs (id, lead_id, opened_at, stage, closed_at, funnel_stage) VALUES
        ('need-1', 'lead-1', '2026-01-01', 'customer', '2026-01-05', 'paid'),
        ('need-2', 'lead-1', '2026-02-01', 'nurturing', NULL, NULL),
        ('need-3', 'lead-2', '2026-02-01', 'opportunity', NULL, 'quote sent');
      INSERT INTO stage_changes (lead_id, need_id, to_stage, because, actor, occurred_at)
        VALUES ('lead-2', 'need-3', 'opportunity', 'entered', 'system', '2026-02-02');
      INSERT INTO audit (id, lead_id, actor, action, data, occurred_at) VALUES
        ('aud-1', 'lead-1', 'ada', 'outcome.recorded', '{"result": "opportunity", "funnelStage": "quote sent"}', '2026-01-02'),
        ('aud-2', 'lead-1', 'ada', 'outcome.recorded', '{"result": "opportunity", "funnelStage": "quote sent"}', '2026-01-03'),
        ('aud-3', 'lead-1', 'ada', 'outcome.recorded', '{"result": "won"}', '2026-01-05'),
        ('aud-4', 'lead-1', 'ada', 'outcome.recorded', '{"result": "won", "funnelStage": "paid", "needId": "need-1"}', '2026-02-03')`);
    await take([TARGET]);
    expect(await migrate(url.href, { prismaDir })).toEqual([TARGET]);
    const { rows } = await client.query<{ row: string }>(
      `SELECT concat_ws(' ', need_id, funnel_stage, actor, (occurred_at AT TIME ZONE current_setting('timezone'))::date) AS row
       FROM funnel_changes ORDER BY id`,
    );
    await client.end();
    expect(rows.map(({ row }) => row)).toEqual([
      'need-1 quote sent ada 2026-01-02',
      'need-1 paid ada 2026-02-03',
      'need-3 quote sent system 2026-02-02',
    ]);
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
    await rm(prismaDir, { recursive: true, force: true });
  }
});
