import type { Tx } from './db.ts';
import type { Prisma } from './generated/client.ts';

/**
 * Runs a statement that PostgreSQL plans for its actual values. `$queryRaw` prepares statements, and a prepared statement soon gets one
 * plan for all values. But a stage with a third of all leads needs another plan than a rare stage, and a join that was planned for small
 * tables reads all of them when they have grown. Also, the filters of a list make more statements than can be kept prepared.
 */
export function planned<Row>(tx: Tx, statement: Prisma.Sql): Promise<Row[]> {
  return tx.$queryRawUnsafe<Row[]>(statement.text, ...statement.values);
}
