/** Saved plans of targets. */
import { newId } from '../domain/ids.ts';
import type { Goal, Measured, TargetPlan } from '../domain/target.ts';
import type { Db } from './db.ts';

export interface SavedPlan {
  id: string;
  name: string;
  goal: Goal;
  /** YYYY-MM-DD: what comes in from then on counts. */
  from: string;
  until: string;
  assumed: Measured;
  plan: TargetPlan;
  currency: string;
  createdBy: string;
  createdAt: Date;
}

/** @returns Null: there is a plan of the name already, in whatever case */
export async function savePlan(db: Db, plan: Omit<SavedPlan, 'id' | 'createdAt'>): Promise<string | null> {
  const { from, until, goal, assumed, plan: planned, ...rest } = plan;
  const id = newId('targetPlan');
  const json = (value: object) => JSON.parse(JSON.stringify(value)) as object;
  return db.$transaction(async (tx) => {
    // Two of one name at once, such as a button that is pressed twice, come one after the other.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('target plan ' || lower(${rest.name}), 0))`;
    if ((await tx.targetPlan.count({ where: { name: { equals: asWritten(rest.name), mode: 'insensitive' } } })) > 0)
      return null;
    await tx.targetPlan.create({
      data: {
        ...rest,
        id,
        goal: json(goal),
        assumed: json(assumed),
        plan: json(planned),
        fromDay: new Date(from),
        untilDay: new Date(until),
      },
    });
    return id;
  });
}

/** Compared without case, a name is a pattern. */
function asWritten(name: string): string {
  return name.replaceAll(/[\\%_]/g, String.raw`\$&`);
}

/** The newest first, at most 50. */
export async function listPlans(db: Db): Promise<SavedPlan[]> {
  const rows = await db.targetPlan.findMany({ orderBy: { createdAt: 'desc' }, take: 50 });
  return rows.map(({ fromDay, untilDay, goal, assumed, plan, ...row }) => ({
    ...row,
    goal: goal as unknown as Goal,
    assumed: assumed as unknown as Measured,
    plan: plan as unknown as TargetPlan,
    from: fromDay.toISOString().slice(0, 10),
    until: untilDay.toISOString().slice(0, 10),
  }));
}

/** The name of a plan, and who saved it; null: there is no such plan. */
export async function findPlan(db: Db, id: string): Promise<{ name: string; createdBy: string } | null> {
  return db.targetPlan.findUnique({ where: { id }, select: { name: true, createdBy: true } });
}

/** @returns Whether it was there */
export async function deletePlan(db: Db, id: string): Promise<boolean> {
  return (await db.targetPlan.deleteMany({ where: { id } })).count > 0;
}
