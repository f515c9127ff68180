/** Stage changes as rows: written with the change, and made from the timeline for what came before there were any. */
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { decide } from '../../src/activities/decide.ts';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import { inTurn } from '../../src/activities/in-turn.ts';
import { newId } from '../../src/domain/ids.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { openBench, PLAYBOOK, rulesOf, type Bench } from './support.ts';

let bench: Bench;
let deps: ActivityDeps;
beforeAll(async () => {
  bench = await openBench();
  deps = { db: bench.db, rules: rulesOf(PLAYBOOK) } as unknown as ActivityDeps;
});
afterAll(() => bench[Symbol.asyncDispose]());

test('a need that opens, moves and ends leaves a row of each, with why and by whom', async () => {
  const lead = await bench.lead();
  const actor = { kind: 'key', keyId: 'key-1', manager: true } as const;
  const commandId = newId('command');
  const at = { leadId: lead.id, atMs: Date.now(), heard: [] };
  await inTurn(deps, at, async (turn) => {
    await decide(turn, { kind: 'disqualify', reason: 'spam', commandId, actor });
  });
  const { needId } = await bench.reload(lead);
  const rows = await bench.db.stageChange.findMany({ where: { leadId: lead.id }, orderBy: { id: 'asc' } });
  expect(rows.map(({ fromStage, toStage, actor }) => [fromStage, toStage, actor])).toEqual([
    [null, 'new', 'system'],
    ['new', 'disqualified', 'key-1'],
  ]);
  for (const row of rows) expect(row).toMatchObject({ needId, ownerId: null, occurredAt: new Date(at.atMs) });
  expect(rows[1]?.because).toBe('disqualified: spam');
});

test('an erased lead takes its rows along', async () => {
  const lead = await bench.lead();
  await bench.db.stageChange.create({
    data: { leadId: lead.id, toStage: 'new', because: 'x', actor: 'system', occurredAt: new Date() },
  });
  await bench.db.touch.deleteMany({ where: { leadId: lead.id } });
  await bench.db.audit.deleteMany({ where: { leadId: lead.id } });
  await bench.db.lead.delete({ where: { id: lead.id } });
  expect(await bench.db.stageChange.count({ where: { leadId: lead.id } })).toBe(0);
});

test('stage changes that older versions wrote to the timeline become rows, with the need and the rep of that time', async () => {
  const name = `stage_changes_${process.pid}`;
  const url = new URL(inject('databaseAdminUrl'));
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  url.pathname = `/${name}`;
  const prismaDir = await mkdtemp(path.join(tmpdir(), 'nurture-stage-changes-'));
  const own = path.join(import.meta.dirname, '..', '..', 'prisma', 'migrations');
  const names = (await readdir(own)).filter((one) => !one.endsWith('.toml')).toSorted();
  const target = '20261126070100_stage_changes';
  try {
    await mkdir(path.join(prismaDir, 'migrations'));
    await cp(path.join(own, 'migration_lock.toml'), path.join(prismaDir, 'migrations', 'migration_lock.toml'));
    const take = (some: readonly string[]) =>
      Promise.all(
        some.map((one) => cp(path.join(own, one), path.join(prismaDir, 'migrations', one), { recursive: true })),
      );
    await take(names.filter((one) => one < target));
    await migrate(url.href, { prismaDir });
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`
      INSERT INTO leads (id, email, score_at, updated_at, stage) VALUES ('lead-1', 'a@b.example', now(), now(), 'new');
      INSERT INTO needs (id, lead_id, opened_at, stage, closed_at) VALUES
        ('need-1', 'lead-1', '2026-01-01', 'no-need', '2026-01-05'), ('need-2', 'lead-1', '2026-02-01', 'new', NULL);
      INSERT INTO reps (id, key, name, email) VALUES ('rep-1', 'ada', 'Ada', 'ada@b.example');
      INSERT INTO assignments (id, lead_id, need_id, rep_id, team, rule, offered_at)
        VALUES ('asg-1', 'lead-1', 'need-1', 'rep-1', 't', 'r', '2026-01-03');
      INSERT INTO audit (id, lead_id, actor, action, data, occurred_at) VALUES
        ('aud-1', 'lead-1', 'system', 'need.opened', '{"needId": "need-1", "because": "first request"}', '2026-01-01'),
        ('aud-2', 'lead-1', 'system', 'stage.changed', '{"from": "new", "to": "nurturing", "because": "enrolled"}', '2026-01-01'),
        ('aud-3', 'lead-1', 'system', 'stage.changed', '{"from": "nurturing", "to": "qualified", "because": "demo"}', '2026-01-03'),
        ('aud-4', 'lead-1', 'system', 'stage.changed', '{"from": "qualified", "to": "assigned", "because": "rule"}', '2026-01-03'),
        ('aud-5', 'lead-1', 'system', 'stage.changed', '{"from": "assigned", "to": "no-need", "because": "no"}', '2026-01-05'),
        ('aud-6', 'lead-1', 'system', 'need.opened', '{"needId": "need-2", "because": "again"}', '2026-02-01'),
        ('aud-7', 'lead-1', 'system', 'stage.changed', '{"from": "no-need", "to": "new", "because": "again"}', '2026-02-01')`);
    await take([target]);
    expect(await migrate(url.href, { prismaDir })).toEqual([target]);
    const { rows } = await client.query<{ row: string }>(
      `SELECT concat_ws(' ', coalesce(from_stage, '-'), to_stage, need_id, owner_id) AS row FROM stage_changes ORDER BY id`,
    );
    await client.end();
    expect(rows.map(({ row }) => row)).toEqual([
      '- new need-1',
      'new nurturing need-1',
      'nurturing qualified need-1',
      'qualified assigned need-1 rep-1',
      'assigned no-need need-1',
      'no-need new need-2',
    ]);
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
    await rm(prismaDir, { recursive: true, force: true });
  }
});
