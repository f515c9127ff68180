import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';

/**
 * The rows of several queries over the same `WITH`, which is counted once. Each query keeps its order. Values come as JSON has them: numbers,
 * words, null and objects.
 */
export async function together<Rows extends Readonly<Record<string, unknown>>>(
  tx: Tx,
  counted: Prisma.Sql,
  queries: Readonly<Record<keyof Rows & string, Prisma.Sql>>,
): Promise<{ [K in keyof Rows]: Rows[K][] }> {
  const columns = Object.entries(queries).map(
    ([key, query]) =>
      Prisma.sql`(SELECT coalesce(jsonb_agg(one), '[]') FROM (${query}) one) AS ${Prisma.raw(`"${key}"`)}`,
  );
  const [row] = await planned<{ [K in keyof Rows]: Rows[K][] }>(
    tx,
    Prisma.sql`${counted} SELECT ${Prisma.join(columns)}`,
  );
  if (row === undefined) throw new Error('A statement without a table answered with no row');
  return row;
}
