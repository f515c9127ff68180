import { Prisma } from '../generated/client.ts';

/** Where a page ended in a list by instant. The key tells entries of one instant apart. */
export interface PageEnd {
  at: Date;
  key: string;
}

/**
 * What comes after the end of a page. The bound on the instant alone lets an index be used; the pair says exactly where the page before ended.
 *
 * @param key In the collation that the list is ordered by
 */
export function beyond(end: PageEnd | null, order: 'asc' | 'desc', at: Prisma.Sql, key: Prisma.Sql): Prisma.Sql {
  if (end === null) return Prisma.sql`TRUE`;
  return order === 'asc'
    ? Prisma.sql`${at} >= ${end.at} AND (${at}, ${key}) > (${end.at}, ${end.key})`
    : Prisma.sql`${at} <= ${end.at} AND (${at}, ${key}) < (${end.at}, ${end.key})`;
}
