import type { LeadCommand } from '../domain/commands.ts';
import type { Turn } from './turn.ts';

/**
 * A manager hands over an offer, and its time to accept ends before the command is carried out: the engine has offered the lead to
 * somebody else. The manager meant the lead, so the command goes on with the latest offer. It does so only while nothing but the clock
 * has moved the lead since: a person who decided or handed it on meanwhile is not overruled.
 */
export async function evenIfPassedOn(turn: Turn, command: LeadCommand): Promise<LeadCommand> {
  const { assignment } = turn.picture;
  if (command.kind !== 'reroute' || assignment === null || assignment.id === command.assignmentId) return command;
  const named = await turn.tx.assignment.findUnique({ where: { id: command.assignmentId } });
  if (named === null || named.needId !== assignment.needId || named.status !== 'expired') return command;
  const since = await turn.tx.assignment.findMany({
    where: { needId: named.needId, offeredAt: { gte: named.offeredAt }, id: { not: named.id } },
    select: { status: true, rule: true },
  });
  const byTheClock = since.every(({ status, rule }) => MOVED_BY_THE_CLOCK.has(status) && rule !== 'rerouted');
  return byTheClock ? { ...command, assignmentId: assignment.id } : command;
}
const MOVED_BY_THE_CLOCK: ReadonlySet<string> = new Set(['offered', 'expired']);
