/** A task of a rep, as a step of a cadence gives it. */
import { newId } from '../src/domain/ids.ts';
import type { Db } from '../src/store/db.ts';

/** Gives the rep who was offered the lead a task for it, in the name of the team of the offer. Returns its id. */
export async function giveTask(
  db: Db,
  { assignmentId, leadId, repId }: { assignmentId: string; leadId: string; repId: string },
): Promise<string> {
  const { team, needId } = await db.assignment.findUniqueOrThrow({ where: { id: assignmentId } });
  const id = newId('task');
  const now = new Date();
  await db.task.create({
    data: {
      id,
      key: `fuzz:${id}`,
      leadId,
      needId,
      repId,
      team,
      kind: 'call',
      body: 'Call them',
      dueAt: now,
      tellAt: now,
      occurredAt: now,
    },
  });
  return id;
}
