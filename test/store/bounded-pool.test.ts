import { expect, test } from 'vitest';
import { BoundedPool } from '../../src/store/bounded-pool.ts';
import { createTestDatabase } from '../support/database.ts';

test('a query that comes when too many wait is refused at once; those that wait get their answer', async () => {
  await using database = await createTestDatabase();
  const pool = new BoundedPool({ connectionString: database.url, max: 1 });
  const held = await pool.connect();
  const waiting = Array.from({ length: 20 }, () => pool.query<{ one: number }>('SELECT 1 AS one'));
  await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: 'POOL_BUSY' });
  await expect(pool.connect()).rejects.toMatchObject({ code: 'POOL_BUSY' });
  held.release();
  const answers = await Promise.all(waiting);
  expect(answers.map(({ rows }) => rows[0]?.one)).toEqual(Array(20).fill(1));
  await pool.end();
});
