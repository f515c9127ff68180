import { AppError } from '../../domain/errors.ts';
import { matchRule, nextRep } from '../../domain/route.ts';
import { isAway } from '../../domain/room.ts';
import type { Team } from '../../domain/routing.ts';
import type { Rep } from '../../store/generated/client.ts';
import { isActiveRep, lockRep, lockReps, recordOffer } from '../../store/process/reps.ts';
import type { StepTurn } from '../performer.ts';
import type { TaskStep } from './position.ts';

export interface Receiver {
  rep: Rep;
  /** Whose working time counts. */
  team: Team;
}

/**
 * The rep who gets a task, locked until the transaction ends. Without an active owner it is a rep of the team that the routing rules
 * give, as if the lead were handed over.
 * @throws AppError UNAVAILABLE: the team has no active rep. PLAYBOOK_INVALID: it is not in routing.yaml any more.
 */
export async function receiverOf(turn: StepTurn, to: TaskStep['to']): Promise<Receiver> {
  if (to !== 'owner') return whoseTurn(turn, to.team);
  const owner = turn.lead.ownerId === null ? null : await lockRep(turn.tx, turn.lead.ownerId);
  const { routing } = turn.playbook;
  if (owner !== null && isActiveRep(owner)) {
    const team = routing.teams.find((one) => owner.teams.includes(one.team));
    if (team !== undefined) return { rep: owner, team };
  }
  const rule = matchRule(routing, await turn.facts(routing.rules.map(({ when }) => when)));
  const named = rule.rep === undefined ? null : await turn.tx.rep.findUnique({ where: { key: rule.rep } });
  const rep = named === null || !isActiveRep(named) ? null : await lockRep(turn.tx, named.id);
  const team = routing.teams.find((one) => one.team === (rule.team ?? rep?.teams[0]));
  if (rep !== null && team !== undefined) return { rep, team };
  if (team === undefined)
    throw new AppError(
      'UNAVAILABLE',
      `Rule ‘${rule.rule}’ leads to no team: name one in the step, as “to: { team: … }”.`,
    );
  return whoseTurn(turn, team.team);
}

async function whoseTurn(turn: StepTurn, key: string): Promise<Receiver> {
  const team = turn.playbook.routing.teams.find((one) => one.team === key);
  if (team === undefined) throw new AppError('PLAYBOOK_INVALID', `routing.yaml has no team ‘${key}’ any more.`);
  const reps = await lockReps(turn.tx, key);
  const there = reps.filter((one) => !isAway(one, turn.atMs));
  // Somebody has to do it, also when all are away.
  const free = there.length === 0 ? reps : there;
  const rep = nextRep(free.map((one) => ({ ...one, lastOfferedAtMs: one.lastOfferedAt?.getTime() ?? null })));
  if (rep === null)
    throw new AppError('UNAVAILABLE', `Team ‘${team.name}’ has no active rep: all are switched off, or it is empty.`);
  turn.send(recordOffer(turn.tx, { rep, free, team: reps }));
  return { rep, team };
}
