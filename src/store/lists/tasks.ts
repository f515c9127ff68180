import type { Scope } from '../../domain/policy.ts';
import { leadInScope } from '../access/scope.ts';
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

type Row = Prisma.TaskGetPayload<{ include: typeof INCLUDE }>;

/** `showsLead`: whether the caller may read who the lead is by now. A task that is over gives no right to that. */
export type ListedTask = Row & { showsLead: boolean };

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
  const rows = await db.task.findMany({
    where,
    include: INCLUDE,
    orderBy: { id: 'desc' },
    take: limit,
  });
  const over = rows.flatMap(({ status, leadId }) => (status === 'open' ? [] : [leadId]));
  const seen = await seenOf(db, scope, over);
  return rows.map((row) => ({ ...row, showsLead: row.status === 'open' || seen.has(row.leadId) }));
}

/** Those of the leads that the caller may see. */
async function seenOf(db: Db, scope: Scope, leadIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (scope.kind === 'all' || leadIds.length === 0) return new Set(leadIds);
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT asked.id FROM leads asked WHERE asked.id = ANY(${[...leadIds]}) AND ${leadInScope(scope, 'asked.id')}`;
  return new Set(rows.map(({ id }) => id));
}

/** For who has just closed it. */
export async function readTask(db: Db, taskId: string): Promise<ListedTask | null> {
  const row = await db.task.findUnique({ where: { id: taskId }, include: INCLUDE });
  return row === null ? null : { ...row, showsLead: true };
}

/** The next step that is planned with a lead, in the words of who planned it; null: there is none. */
export async function readPlanned(db: Db, leadId: string): Promise<string | null> {
  const task = await db.task.findFirst({
    where: { leadId, kind: 'next-step', status: 'open' },
    orderBy: { occurredAt: 'desc' },
    select: { body: true },
  });
  return task?.body ?? null;
}
