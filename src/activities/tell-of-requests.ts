import { quotable } from '../domain/stated-words.ts';
import { takeUntold, type UntoldRequest } from '../store/process/untold.ts';
import { alertRep } from './alert.ts';
import { changeAssignment } from './assignment.ts';
import { requestsSettler } from './tell-rep.ts';
import type { Turn } from './turn.ts';
import { noticeDueAt } from './untold.ts';

/** The most requests that a mail describes. It gives the number of the others. */
const DESCRIBED = 5;

/** Tells the rep who has the lead, in one mail, of every request that came since the last such mail, once that is due. */
export async function tellOfRequests(turn: Turn): Promise<void> {
  const { assignment } = turn.picture;
  const dueAt = noticeDueAt(turn);
  if (assignment === null || dueAt === null || dueAt.getTime() > turn.atMs) return;
  const requests = await takeUntold(turn.tx, assignment.id);
  changeAssignment(turn, assignment, { requestsDueAt: null, requestsToldAt: turn.at });
  const oldest = requests.at(-1);
  if (oldest === undefined) return;
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: assignment.repId } });
  await alertRep(turn, {
    template: 'rep-request-added',
    // Each request is in one mail only, so the oldest request names the mail.
    key: `touch:${oldest.id}:owner`,
    assignment,
    rep,
    settler: requestsSettler(
      assignment.id,
      requests.map(({ id }) => id),
    ),
    requests: { count: requests.length, newest: requests.slice(0, DESCRIBED).map((one) => described(turn, one)) },
  });
}

function described(turn: Turn, { how, source, campaign, occurredAt }: UntoldRequest): { what: string; when: string } {
  const stated = [source, campaign].filter((part) => part !== null).map(quotable);
  return { what: [how, ...stated].join(', '), when: turn.words(occurredAt.getTime()) };
}
