import type { Scope } from '../../domain/policy.ts';
import { tasksInScope } from '../access/scope.ts';
import type { Db } from '../db.ts';
import type { Prisma, TaskStatus } from '../generated/client.ts';
import { repIdOf } from './reps.ts';

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

export interface TaskFilter {
  status?: TaskStatus | undefined;
  /** Id or key. */
  rep?: string | undefined;
  team?: string | undefined;
  lead?: string | undefined;
}

/** Newest first, by id; `after` is the last id of the page before. */
export async function listTasks(
  db: Db,
  scope: Scope,
  filter: TaskFilter,
  after: string | null,
  limit: number,
): Promise<ListedTask[]> {
  const repId = filter.rep === undefined ? undefined : await repIdOf(db, filter.rep);
  if (repId === null) return [];
  const where: Prisma.TaskWhereInput = {
    ...(filter.status !== undefined && { status: filter.status }),
    ...(repId !== undefined && { repId }),
    ...(filter.team !== undefined && { team: filter.team }),
    ...(filter.lead !== undefined && { leadId: filter.lead }),
  };
  return db.task.findMany({
    where: { AND: [tasksInScope(scope), where, after === null ? {} : { id: { lt: after } }] },
    include: INCLUDE,
    orderBy: { id: 'desc' },
    take: limit,
  });
}

export async function readTask(db: Db, taskId: string): Promise<ListedTask | null> {
  return db.task.findUnique({ where: { id: taskId }, include: INCLUDE });
}
