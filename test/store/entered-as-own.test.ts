/** What older versions counted as a decision on a lead that its rep had entered as their own is none, once this version is installed. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';

const FILE = path.join(import.meta.dirname, '../../prisma/migrations/20261206280000_entered_as_own/migration.sql');

test('a lead that its rep entered has no decision; one that a colleague or an API key entered, and one decided later, keeps it', async () => {
  await using database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const entered = async (id: string, { by, how = 'referral', seconds = 1 }: Entered): Promise<void> => {
      await client.query(
        `INSERT INTO leads (id, email, score_at, updated_at) VALUES ('lead-${id}', '${id}@own.example', now(), now())`,
      );
      await client.query(
        `INSERT INTO needs (id, lead_id, opened_at, stage) VALUES ('need-${id}', 'lead-${id}', now(), 'accepted')`,
      );
      await client.query(
        `INSERT INTO touches (id, lead_id, need_id, is_first, how, request, occurred_at) VALUES ('touch-${id}', 'lead-${id}', 'need-${id}', true, $1, $2, now())`,
        [how, { enterAt: 'assigned', ownerRepKey: 'ada' }],
      );
      await client.query(
        `INSERT INTO audit (id, lead_id, actor, action, data, occurred_at) VALUES ('audit-${id}', 'lead-${id}', $1, 'lead.created', $2, now())`,
        [by, { touchId: `touch-${id}` }],
      );
      await client.query(
        `INSERT INTO assignments (id, lead_id, need_id, rep_id, team, rule, status, offered_at, offer_decided_at)
         VALUES ('${id}', 'lead-${id}', 'need-${id}', 'rep-ada', 'field', 'entered at assigned', 'accepted', now(), now() + $1::int * interval '1 second')`,
        [seconds],
      );
    };
    await client.query(
      "INSERT INTO reps (id, key, name, email, teams, turn) VALUES ('rep-ada', 'ada', 'Ada', 'Ada@firm.example', '{field}', 0)",
    );
    await client.query(
      "INSERT INTO users (id, email, name, role) VALUES ('user-ada', 'ada@firm.example', 'Ada', 'manager')",
    );
    await entered('own', { by: 'rep-ada' });
    await entered('own-as-user', { by: 'user-ada', how: 'phone' });
    await entered('by-colleague', { by: 'user-bob' });
    await entered('by-api', { by: 'rep-ada', how: 'api' });
    await entered('decided-later', { by: 'rep-ada', seconds: 3600 });
    await client.query(await readFile(FILE, 'utf8'));
    const { rows } = await client.query<{ id: string }>(
      'SELECT id FROM assignments WHERE offer_decided_at IS NULL ORDER BY id',
    );
    expect(rows.map(({ id }) => id)).toEqual(['own', 'own-as-user']);
  } finally {
    await client.end();
  }
});

interface Entered {
  by: string;
  how?: string;
  seconds?: number;
}
