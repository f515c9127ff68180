import type { Scope } from '../../domain/policy.ts';
import type { Db } from '../db.ts';
import type { Prisma, TaskStatus } from '../generated/client.ts';
import { type GivenFilter, whereGiven } from './given.ts';

const INCLUDE = {
  rep: { select: { id: true, key: true, name: true, active: true, inPlaybook: true } },
  lead: {
    select: {
      id: true,
      firstName: true,
      lastName: true,
      company: true,
      jobTitle: true,
      email: true,
      phone: true,
      timeZone: true,
      stage: true,
      clockOffsetMs: true,
    },
  },
} as const satisfies Prisma.TaskInclude;

export type ListedTask = Prisma.TaskGetPayload<{ include: typeof INCLUDE }>;

export type TaskFilter = GivenFilter<TaskStatus>;

/** Newest first, by id; `after` is the last id of the page before. */
export async function listTasks(
  db: Db,
  scope: Scope,
  filter: TaskFilter,
  after: string | null,
  limit: number,
): Promise<ListedTask[]> {
  const where = await whereGiven(db, scope, filter, after);
  if (where === null) return [];
  return db.task.findMany({
    where,
    include: INCLUDE,
    orderBy: { id: 'desc' },
    take: limit,
  });
}

export async function readTask(db: Db, taskId: string): Promise<ListedTask | null> {
  return db.task.findUnique({ where: { id: taskId }, include: INCLUDE });
}
