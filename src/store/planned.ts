import type { Tx } from './db.ts';
import type { Prisma } from './generated/client.ts';

/**
 * Runs a statement that PostgreSQL plans for the values and the tables at hand. A prepared one, as `$queryRaw` makes of it, is soon
 * planned once for all: but a stage that a third of all leads are in wants another plan than one that hardly any are in, and a
 * join planned while its tables are small reads all of them when they have grown, until they are analyzed. Also, the filters of a
 * list make more texts than there is room for among the prepared.
 */
export function planned<Row>(tx: Tx, statement: Prisma.Sql): Promise<Row[]> {
  return tx.$queryRawUnsafe<Row[]>(statement.text, ...statement.values);
}
