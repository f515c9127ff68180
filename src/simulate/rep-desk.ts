/** The reps of a simulation: what they do with the offers and tasks that they get. */
import type { RepAnswer, RepBehavior } from './persona.ts';
import type { Planned } from './plan.ts';
import { afterWork } from './working-time.ts';
import type { World } from './world.ts';

export interface RepDesk {
  /** The acts that follow from the offers and tasks that came since the last call. */
  answers(leadId: string): Promise<Planned[]>;
}

/** Without a word about reps in the persona's file. */
const USUAL: RepAnswer = { decision: 'accept', after: { amount: 2, unit: 'hours' }, outcomes: [] };

export function createRepDesk(world: World, behavior: RepBehavior): RepDesk {
  const seen = new Set<string>();
  const isNew = (id: string): boolean => !seen.has(id) && seen.add(id).has(id);

  async function decisions(leadId: string): Promise<Planned[]> {
    const offers = await world.db.assignment.findMany({ where: { leadId }, orderBy: { id: 'asc' } });
    return offers.flatMap(({ id, team, offeredAt, status }, index): Planned[] => {
      if (!isNew(id)) return [];
      const answer = behavior.answers[Math.min(index, behavior.answers.length - 1)] ?? USUAL;
      if (answer.decision === 'none' || status !== 'offered') return [];
      const atMs = afterWork(world, team, offeredAt.getTime(), answer.after);
      return [{ atMs, act: { kind: 'decide', assignmentId: id, answer } }];
    });
  }

  async function tasksDone(leadId: string): Promise<Planned[]> {
    const { after, done, result = null } = behavior.tasks;
    if (!done) return [];
    const tasks = await world.db.task.findMany({ where: { leadId, status: 'open' }, orderBy: { id: 'asc' } });
    return tasks.flatMap(({ id, team, occurredAt }): Planned[] => {
      if (!isNew(id)) return [];
      const atMs = afterWork(world, team ?? '', occurredAt.getTime(), after);
      return [{ atMs, act: { kind: 'task', taskId: id, result } }];
    });
  }

  return { answers: async (leadId) => [...(await decisions(leadId)), ...(await tasksDone(leadId))] };
}
