import { Prisma } from '../generated/client.ts';

/** Where a page ended in a list by instant. The key tells entries of one instant apart. */
export interface PageEnd {
  at: Date;
  key: string;
}

/**
 * What comes after a place. The bound on the instant alone lets an index be used; the pair says exactly where the page before ended.
 *
 * @param key In the collation that the list is ordered by
 */
export function beyond(place: PageEnd | null, order: 'asc' | 'desc', at: Prisma.Sql, key: Prisma.Sql): Prisma.Sql {
  if (place === null) return Prisma.sql`TRUE`;
  return order === 'asc'
    ? Prisma.sql`${at} >= ${place.at} AND (${at}, ${key}) > (${place.at}, ${place.key})`
    : Prisma.sql`${at} <= ${place.at} AND (${at}, ${key}) < (${place.at}, ${place.key})`;
}
