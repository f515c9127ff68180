/** What goes along when a lead changes hands, and the hand-over of an opportunity, which stays one. */
import { actorHandle } from '../domain/actor.ts';
import { newId } from '../domain/ids.ts';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import { NO_WANTS } from '../domain/choose-rep.ts';
import { reminderOf } from '../domain/next-step.ts';
import type { Team } from '../domain/routing.ts';
import { type WhyRep, chosenByTurn } from '../domain/why-rep.ts';
import type { Assignment, Rep } from '../store/generated/client.ts';
import { lockReps, recordOffer, refusersSince } from '../store/process/reps.ts';
import { moveTasks } from '../store/process/tasks.ts';
import { insertRow } from '../store/rows.ts';
import { changeAssignment, clocksOnceAccepted, findTeam } from './assignment.ts';
import { chooseIn } from './choose-in.ts';
import type { Turn } from './turn.ts';
import { done, invalid } from './verdict.ts';

/**
 * What the next rep takes over from a rep whose hand-off was ended by somebody else: the next step that was planned, and the time to answer a
 * reply. What a rep sent back has no plan any more.
 */
export function carriedFrom(turn: Turn, before: Assignment | null): Partial<Assignment> {
  if (before === null || !GOES_ALONG.has(before.status)) return {};
  const { nextStepAt, repliedAt, answerDueAt, answerLateAt } = before;
  const tellStepAt = nextStepAt === null ? null : reminderOf(nextStepAt, turn.atMs);
  return { nextStepAt, tellStepAt, repliedAt, answerDueAt, answerLateAt };
}
const GOES_ALONG: ReadonlySet<string> = new Set(['rerouted', 'expired']);

/** The open tasks of the former rep with the lead become those of the rep who has it now. */
export function carryTasks(turn: Turn, before: Assignment | null, now: Assignment): void {
  if (before === null || !GOES_ALONG.has(before.status) || before.repId === now.repId) return;
  turn.send(moveTasks(turn.tx, turn.lead.id, { from: before.repId, to: now.repId, team: now.team }));
}

export type HandOver = Extract<LeadCommand, { kind: 'route' | 'reroute' }>;

/**
 * Finds who gets an opportunity: the rep who was named, or whose turn it is in the team. An opportunity does not wait for room.
 * @returns Why nobody can get it, in a sentence
 */
export async function takerOf(
  turn: Turn,
  teamKey: string,
  named: Rep | null,
): Promise<{ team: Team; rep: Rep; free: readonly Rep[]; all: readonly Rep[]; chosen: WhyRep | null } | string> {
  const team = findTeam(turn, teamKey);
  if (team === undefined) return `There is no team ‘${teamKey}’.`;
  const hasIt = turn.picture.assignment?.status === 'accepted' ? turn.picture.assignment.repId : null;
  if (named !== null) {
    if (named.id === hasIt) return 'This rep has the opportunity already: choose another.';
    return { team, rep: named, free: await lockReps(turn.tx, teamKey), all: [], chosen: null };
  }
  const refusers = await refusersSince(turn.tx, turn.picture.need?.id ?? '', turn.lead.armedAt);
  const choice = await chooseIn(
    turn,
    team,
    NO_WANTS,
    hasIt === null ? refusers : new Map([...refusers, [hasIt, 'has it']]),
  );
  if (choice.kind === 'offer') {
    const { rep, free, capable } = choice;
    return { team, rep, free, all: capable, chosen: chosenByTurn(rep, choice) };
  }
  const why = choice.kind === 'error' ? choice.because : 'everybody is away, at capacity, or had it before';
  return `Nobody of team ‘${team.name}’ can take over an opportunity now (${why}): name a rep.`;
}

/**
 * An opportunity goes to another rep as it is: stage, value and plan stay, and nobody is asked to accept it. The time to the first contact and
 * of silence begin anew. The former hand-off has been ended.
 */
export async function takeOver(
  turn: Turn,
  command: HandOver,
  taker: Exclude<Awaited<ReturnType<typeof takerOf>>, string>,
): Promise<Verdict> {
  const { need, assignment: before } = turn.picture;
  if (need === null) return invalid('The lead has no need that could be handed over.');
  const { team, rep, free, all, chosen } = taker;
  const by = actorHandle(command.actor);
  const row = {
    id: newId('assignment'),
    leadId: turn.lead.id,
    needId: need.id,
    repId: rep.id,
    team: team.team,
    rule: 'rerouted',
    status: 'accepted' as const,
    offeredAt: turn.at,
    decidedAt: turn.at,
    decidedBy: by,
    briefDueAt: turn.at,
    playbookRevision: turn.rules.revision,
    ...(chosen !== null && { chosen }),
    ...carriedFrom(turn, before),
  };
  const assignment = await insertRow(turn.tx, 'assignments', row);
  const clocks = await clocksOnceAccepted(turn, assignment);
  turn.picture.assignment = assignment;
  changeAssignment(turn, assignment, clocks);
  carryTasks(turn, before, assignment);
  turn.send(recordOffer(turn.tx, { rep, free, team: all }));
  turn.changeNeed({ ownerId: rep.id, waitingBecause: null });
  turn.changeLead({ ownerId: rep.id });
  return done(turn, 'Handed over as an opportunity: the rep has it now, and is being told.');
}
