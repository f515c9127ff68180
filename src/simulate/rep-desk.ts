/** The reps of a simulation: what they do with the offers that they get. */
import type { RepAnswer, RepBehavior } from './persona.ts';
import type { Planned } from './plan.ts';
import { afterWork } from './working-time.ts';
import type { World } from './world.ts';

export interface RepDesk {
  /** The acts that follow from the offers that were made since the last call. */
  answers(leadId: string): Promise<Planned[]>;
}

/** Without a word about reps in the persona's file. */
const USUAL: RepAnswer = { decision: 'accept', after: { amount: 2, unit: 'hours' }, outcomes: [] };

export function createRepDesk(world: World, behavior: RepBehavior): RepDesk {
  const seen = new Set<string>();
  return {
    async answers(leadId) {
      const offers = await world.db.assignment.findMany({
        where: { leadId },
        orderBy: { id: 'asc' },
        select: { id: true, team: true, offeredAt: true, status: true },
      });
      return offers.flatMap(({ id, team, offeredAt, status }, index): Planned[] => {
        if (seen.has(id)) return [];
        seen.add(id);
        const answer = behavior.answers[Math.min(index, behavior.answers.length - 1)] ?? USUAL;
        if (answer.decision === 'none' || status !== 'offered') return [];
        const atMs = afterWork(world, team, offeredAt.getTime(), answer.after);
        return [{ atMs, act: { kind: 'decide', assignmentId: id, answer } }];
      });
    },
  };
}
