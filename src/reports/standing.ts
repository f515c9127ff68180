/** How long needs are at the stage where they stand now. */
import { Prisma } from '../store/generated/client.ts';
import type { Asked, Column } from './report.ts';

/** The median and nine in ten of the time since an instant, as an array of seconds. @param since A column */
export function stoodSql({ realNowMs }: Asked, since: string): Prisma.Sql {
  const stood = Prisma.sql`greatest(0, extract(epoch FROM ${new Date(realNowMs)}::timestamptz - ${Prisma.raw(since)}))`;
  return Prisma.sql`percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY ${stood})`;
}

/** The columns of both. */
export const STOOD_COLUMNS: readonly Column[] = [
  {
    key: 'median',
    title: 'At this stage for, median',
    unit: 'seconds',
    definition: 'Since it came to the stage: half are there for less.',
    hasLeads: true,
  },
  {
    key: 'p90',
    title: 'At this stage for, 90%',
    unit: 'seconds',
    definition: 'Nine in ten have been there for less.',
    hasLeads: true,
  },
];
