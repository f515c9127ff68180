/** Why a run through a cadence ended before its end, as SQL over `enrollments` by the alias of its row. */
import { Prisma } from '../generated/client.ts';

/** The lead was ready for sales: that is what a cadence is for. */
export const becameReady = (run: string): Prisma.Sql =>
  Prisma.raw(`coalesce(${run}.end_reason LIKE 'qualified%', FALSE)`);

/** A split held it out, to be compared with the others. */
export const wasHeldOut = (run: string): Prisma.Sql =>
  Prisma.raw(`coalesce(${run}.end_reason LIKE 'held out by the split%', FALSE)`);

/** It ended neither at the goal nor with its last step. */
export const endedEarly = (run: string, why: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`(${Prisma.raw(`${run}.status = 'ended' AND ${run}.goal IS NULL`)} AND ${why})`;

/** It ended early, neither for sales nor as the holdout of a split. */
export const leftEarly = (run: string): Prisma.Sql =>
  endedEarly(run, Prisma.sql`NOT ${becameReady(run)} AND NOT ${wasHeldOut(run)}`);
