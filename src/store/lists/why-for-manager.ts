import type { Playbook } from '../../domain/playbook.ts';
import { formatForPeople } from '../../domain/schedule.ts';
import type { Db } from '../db.ts';
import { routingOfLead } from './routing.ts';
import { whyRepOf } from './why-rep.ts';

/**
 * For a lead that waits for a manager: why its rep had it, or why nobody gets it now. In a sentence; empty: nothing is known.
 * @param zone Of the times in it
 */
export async function whyForManager(
  db: Db,
  playbook: Playbook,
  { leadId, isWithNobody }: { leadId: string; isWithNobody: boolean },
  { zone, nowMs }: { zone: string; nowMs: number },
): Promise<string> {
  if (isWithNobody) {
    const found = await routingOfLead(db, playbook, leadId, nowMs);
    const passedOver = found?.considered.flatMap(({ name, whyNot }) => (whyNot === null ? [] : [`${name} ${whyNot}`]));
    return found?.rep === null && passedOver?.length ? `Considered: ${passedOver.join(', ')}.` : '';
  }
  const latest = await db.assignment.findFirst({
    where: { leadId },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include: { rep: { select: { name: true } } },
  });
  if (latest === null) return '';
  const why = await whyRepOf(db, latest, (at) => formatForPeople(at.getTime(), zone, nowMs));
  return why === null ? '' : `Why ${latest.rep.name}: ${why}.`;
}
