/** How a rep let a lead go before: it does not go back to them by itself. */
import type { AssignmentStatus } from './assignment.ts';

interface Ended {
  repId: string;
  status: AssignmentStatus;
  reason: string | null;
  decidedBy: string | null;
}

/** In a clause, with the rep as its subject: "refused it". */
export function hadItInClause({ repId, status, reason, decidedBy }: Ended): string {
  if (status === 'rejected') return decidedBy === repId ? 'refused it' : 'had it until a person sent it back';
  if (status === 'rerouted') return decidedBy === repId ? 'passed it on' : 'had it until a person handed it over';
  // The engine took it back from who had accepted it.
  return reason === null ? 'let it pass' : 'had it, and nothing happened with it';
}
