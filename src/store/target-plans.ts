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

export async function savePlan(db: Db, plan: Omit<SavedPlan, 'id' | 'createdAt'>): Promise<string> {
  const { from, until, goal, assumed, plan: planned, ...rest } = plan;
  const id = newId('targetPlan');
  const json = (value: object) => JSON.parse(JSON.stringify(value)) as object;
  await db.targetPlan.create({
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

/** Who saved a plan; null: there is no such plan. */
export async function authorOfPlan(db: Db, id: string): Promise<string | null> {
  return (await db.targetPlan.findUnique({ where: { id }, select: { createdBy: true } }))?.createdBy ?? null;
}

/** Deletes a plan. One that is gone already changes nothing. */
export async function deletePlan(db: Db, id: string): Promise<void> {
  await db.targetPlan.deleteMany({ where: { id } });
}
