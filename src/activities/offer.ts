import { newId } from '../domain/ids.ts';
import { NO_WANTS, type Wants, wantsOf } from '../domain/choose-rep.ts';
import { nextRule, ruleForTeam } from '../domain/route.ts';
import type { RoutingRule, Team } from '../domain/routing.ts';
import { type WhyRep, chosenByTurn } from '../domain/why-rep.ts';
import type { Rep } from '../store/generated/client.ts';
import { hadFirstContact } from '../store/process/first-contact.ts';
import { awayInClause, inPlaceOf, knownRepOf, repByKey } from '../store/process/known-rep.ts';
import { lockReps, recordOffer, refusersSince } from '../store/process/reps.ts';
import { olderWaiting, ringLongestWaiting } from '../store/process/waiting.ts';
import { insertRow } from '../store/rows.ts';
import { clocksFrom, findTeam } from './assignment.ts';
import { chooseIn } from './choose-in.ts';
import { carriedFrom, carryTasks } from './take-over.ts';
import { NOT_WAITING, type Turn } from './turn.ts';
import { waitForRoom, waitForRouting, waitUntilAtWork } from './wait-for-room.ts';

/** Routes the lead: to the rep who knows it or its company, else where the first matching rule leads. */
export async function offer(turn: Turn): Promise<void> {
  const rule = await ruleOf(turn);
  const { need, lead } = turn.picture;
  const { sticky } = turn.playbook.routing;
  const known = need === null ? null : await knownRepOf(turn.tx, { lead, need, sticky, atMs: turn.atMs });
  if (known !== null) {
    const [first = ''] = known.rep.teams;
    const team = rule.team !== undefined && known.rep.teams.includes(rule.team) ? rule.team : first;
    return offerToRep(turn, team, known.because, known.rep, known.insteadOf);
  }
  if (rule.queue !== undefined) return putInQueue(turn, rule.queue, rule.rule);
  if (rule.rep !== undefined) return offerByName(turn, rule.rep, rule.rule);
  await offerToTeam(turn, rule.team ?? '', rule.rule, wantsOf(rule, turn.lead.language));
}

async function ruleOf(turn: Turn): Promise<RoutingRule> {
  const { routing } = turn.playbook;
  const facts = await turn.facts(routing.rules.map(({ when }) => when));
  return nextRule(routing, facts, await isPassedOn(turn));
}

async function isPassedOn({ tx, playbook, picture: { need, lead } }: Turn): Promise<boolean> {
  return need !== null && hadFirstContact(tx, playbook.routing, { needId: need.id, since: lead.armedAt });
}

function putInQueue(turn: Turn, queue: string, rule: string): void {
  waitForPerson(turn, `It is in queue ‘${queue}’ by rule ‘${rule}’: a person decides who gets it.`);
}

/** Only a person moves the lead on. */
export function waitForPerson(turn: Turn, because: string): void {
  turn.changeNeed({ ...NOT_WAITING, waitingBecause: because });
  turn.changeLead({ ownerId: null });
  turn.changeStage('qualified', because);
  turn.note({ action: 'assignment.unassignable', data: { because } });
}

/** A rule names one rep. While the rep is away, the deputy gets it. */
async function offerByName(turn: Turn, key: string, rule: string): Promise<void> {
  const named = await repByKey(turn.tx, key);
  const rep = named === null ? null : await inPlaceOf(turn.tx, named, turn.atMs);
  const team = findTeam(turn, rep?.teams[0] ?? '') ?? null;
  if (rep === null || team === null) {
    const why = named === null ? 'takes no leads: switched off, or not in routing.yaml any more' : awayInClause(named);
    return waitForRouting(turn, null, `Rule ‘${rule}’ names the rep ‘${key}’, who ${why}.`);
  }
  const refusers = await refusersSince(turn.tx, turn.picture.need?.id ?? '', turn.lead.armedAt);
  const before = refusers.get(rep.id);
  if (before !== undefined)
    return waitForPerson(turn, `Rule ‘${rule}’ names one rep, who ${before}: a person decides who gets it.`);
  await offerToRep(turn, team.team, rule, rep, rep.key === key ? null : (named?.id ?? null));
}

/**
 * Offers the lead to this rep, whatever their limits and hours say: a person or a rule chose them, or they know the lead. It counts in
 * the turn order of the team. `insteadOf`: the id of who is away, where the rep stands in.
 */
export async function offerToRep(
  turn: Turn,
  teamKey: string,
  rule: string,
  rep: Rep,
  insteadOf: string | null = null,
): Promise<void> {
  const team = findTeam(turn, teamKey);
  if (team === undefined) return waitForRouting(turn, null, `routing.yaml has no team ‘${teamKey}’ any more.`);
  const reps = await lockReps(turn.tx, teamKey);
  const chosen = insteadOf === null ? null : ({ kind: 'deputy', insteadOf } as const);
  await createAssignment(turn, { team, rep, rule, chosen });
  turn.send(recordOffer(turn.tx, { rep, free: reps, team: [] }));
}

/** Offers it to the next rep of a team, with what the rules want of the rep if they lead to this team. */
export async function offerToNextOf(turn: Turn, teamKey: string, why: string): Promise<void> {
  if (findTeam(turn, teamKey) === undefined) return offer(turn);
  const { routing } = turn.playbook;
  const facts = await turn.facts(routing.rules.map(({ when }) => when));
  const rule = ruleForTeam(routing, facts, { team: teamKey, isPassedOn: await isPassedOn(turn) });
  await offerToTeam(turn, teamKey, why, rule === undefined ? NO_WANTS : wantsOf(rule, turn.lead.language));
}

/**
 * Offers the lead to a rep of the team who can do it, has room, and has not refused or missed it since it was last recycled. Without one it
 * waits: for room, for the hours of the team, for the routing to be mended, or, where everybody passed on it, for a manager.
 */
export async function offerToTeam(turn: Turn, teamKey: string, rule: string, wants: Wants = NO_WANTS): Promise<void> {
  const { need } = turn.picture;
  const team = findTeam(turn, teamKey);
  if (need === null) return;
  if (team === undefined) return waitForRouting(turn, null, `routing.yaml has no team ‘${teamKey}’ any more.`);
  const refusers = await refusersSince(turn.tx, need.id, turn.lead.armedAt);
  const choice = await chooseIn(turn, team, wants, refusers);
  switch (choice.kind) {
    case 'offer':
      return give(turn, { team, rule, wants, choice });
    case 'error':
      return waitForRouting(turn, team, choice.because);
    case 'nobody-left':
      return waitForPerson(
        turn,
        `Every rep of team ‘${team.name}’ who could get it rejected it, did not answer, or had it before: a manager decides who gets it.`,
      );
    case 'wait':
      if (await overflow(turn, team, wants, refusers)) return;
      if (choice.opensAtMs === null) return waitForRoom(turn, team, wants, null);
      return waitUntilAtWork(turn, team, wants, choice.opensAtMs);
  }
}

type Chosen = Awaited<ReturnType<typeof chooseIn>>;
type Offer = Extract<Chosen, { kind: 'offer' }>;

/** Offers it to the chosen rep, unless another lead that the rep could get has waited for longer. */
async function give(
  turn: Turn,
  { team, rule, wants, choice }: { team: Team; rule: string; wants: Wants; choice: Offer },
): Promise<void> {
  const { need } = turn.picture;
  if (need === null) return;
  const { rep, free, capable } = choice;
  if (free.length < capable.length || choice.hasLimits) {
    const since = need.waitingTeam === team.team ? need.waitingSince : null;
    const older = await olderWaiting(turn.tx, { team: team.team, needId: need.id, since, rep });
    if (older !== null) return waitForRoom(turn, team, wants, older);
    turn.send(ringLongestWaiting(turn.tx, rep.id, need.id));
  }
  await createAssignment(turn, { team, rep, rule, chosen: chosenByTurn(rep, choice) });
  turn.send(recordOffer(turn.tx, { rep, free, team: capable }));
}

/** Nobody of its team has had room for long: offers it to the team that takes over. Returns whether it was offered. */
async function overflow(turn: Turn, from: Team, wants: Wants, refusers: ReadonlyMap<string, string>): Promise<boolean> {
  const { need } = turn.picture;
  const isDue = need?.waitingTeam === from.team && need.overflowAt !== null && need.overflowAt <= turn.at;
  const team = isDue ? findTeam(turn, from.overflow?.to ?? '') : undefined;
  if (team === undefined) return false;
  const choice = await chooseIn(turn, team, wants, refusers);
  if (choice.kind !== 'offer') return false;
  const rule = `overflow of team ‘${from.team}’`;
  await createAssignment(turn, { team, rep: choice.rep, rule, chosen: chosenByTurn(choice.rep, choice) });
  turn.send(recordOffer(turn.tx, { rep: choice.rep, free: choice.free, team: choice.capable }));
  return true;
}

async function createAssignment(
  turn: Turn,
  { team, rep, rule, chosen }: { team: Team; rep: Rep; rule: string; chosen: WhyRep | null },
): Promise<void> {
  const { need, assignment: before } = turn.picture;
  if (need === null) return;
  const assignment = await insertRow(turn.tx, 'assignments', {
    id: newId('assignment'),
    leadId: turn.lead.id,
    needId: need.id,
    repId: rep.id,
    team: team.team,
    rule,
    offeredAt: turn.at,
    briefDueAt: turn.at,
    playbookRevision: turn.rules.revision,
    ...(chosen !== null && { chosen }),
    ...clocksFrom(turn, team, rep),
    ...carriedFrom(turn, before),
  });
  turn.picture.assignment = assignment;
  carryTasks(turn, before, assignment);
  turn.changeNeed({ waitingBecause: null });
  turn.changeLead({ ownerId: rep.id });
  turn.changeStage('assigned', `offered to ${rep.id} by rule ‘${rule}’`);
  turn.note({
    action: 'assignment.offered',
    data: { assignmentId: assignment.id, repId: rep.id, team: team.team, rule, playbook: turn.rules.revision },
  });
}
