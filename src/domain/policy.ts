import type { Actor, Role } from './actor.ts';
import { type AssignmentStatus, isLive } from './assignment.ts';
import { isInNurturePool, type Stage } from './stage.ts';

/**
 * Decides who may do what with which lead. Routes, links, update validators and activities all ask here, and the scope of every list
 * is derived from it (store/access/scope.ts). docs/policy.md shows it as a table; a test compares the two.
 *
 * judge.ts decides another question: whether a command is possible in the lead's present state.
 */

/** The actions. A command's action has the name of its kind. */
export const ACTIONS = [
  'submit-lead',
  'record-event',
  'vouch',
  'see-lead',
  'log-activity',
  'assess',
  'unsubscribe',
  'enroll',
  'pause',
  'resume',
  'disqualify',
  'reopen',
  'outcome',
  'fast-forward',
  'see-assignment',
  'accept',
  'reject',
  'reroute',
  'route',
  'see-task',
  'close-task',
  'see-attention',
  'see-reports',
  'save-report',
  'see-playbook',
  'see-publishing',
  'write-campaign',
  'see-metrics',
  'switch-rep',
  'pause-cadence',
  'end-canary',
  'pause-sending',
  'manage-runs',
  'settle-mail',
  'see-suppressions',
  'suppress',
  'lift-suppression',
  'export-lead',
  'erase-lead',
  'manage-keys',
  'manage-users',
] as const;
export type Action = (typeof ACTIONS)[number];

/** The kinds of actors in the rules. The engine itself may do everything. */
export const PARTIES = ['site', 'rep', 'marketer', 'operator', 'admin', 'decision-link', 'lead-link'] as const;
export type Party = (typeof PARTIES)[number];

/**
 * The kinds of actors that may do each action: a rep with their own leads, a manager also with those of their teams, a link with its
 * own assignment, and everyone else with any lead.
 */
const POLICY: Readonly<Record<Action, readonly Party[]>> = {
  'submit-lead': ['site', 'rep', 'marketer', 'operator', 'admin'],
  'record-event': ['site', 'marketer', 'operator', 'admin'],
  // States with a submission or an event what a public form may not: another name, when it was, that it enters with sales, any event.
  // Whose word is not taken for a lead may still submit it: as a public form does.
  vouch: ['rep', 'marketer', 'operator', 'admin'],
  'see-lead': ['rep', 'marketer', 'operator', 'admin'],
  'log-activity': ['rep', 'operator', 'admin'],
  assess: ['rep', 'operator', 'admin'],
  unsubscribe: ['rep', 'marketer', 'operator', 'admin', 'lead-link'],
  enroll: ['marketer', 'operator', 'admin'],
  pause: ['rep', 'marketer', 'operator', 'admin'],
  resume: ['rep', 'marketer', 'operator', 'admin'],
  disqualify: ['rep', 'operator', 'admin'],
  reopen: ['rep', 'operator', 'admin'],
  outcome: ['rep', 'operator', 'admin'],
  'fast-forward': ['operator', 'admin'],
  'see-assignment': ['rep', 'marketer', 'operator', 'admin', 'decision-link'],
  accept: ['rep', 'operator', 'admin', 'decision-link'],
  reject: ['rep', 'operator', 'admin', 'decision-link'],
  reroute: ['rep', 'operator', 'admin'],
  route: ['rep', 'operator', 'admin'],
  'see-task': ['rep', 'marketer', 'operator', 'admin'],
  'close-task': ['rep', 'operator', 'admin'],
  'see-attention': ['rep', 'marketer', 'operator', 'admin'],
  // Counts the leads that the actor may see.
  'see-reports': ['rep', 'marketer', 'operator', 'admin'],
  // Plans and subscriptions that others see, too.
  'save-report': ['rep', 'marketer', 'operator', 'admin'],
  'see-playbook': ['rep', 'marketer', 'operator', 'admin'],
  'see-publishing': ['marketer', 'operator', 'admin'],
  // What a campaign is and what it cost: as the file says it, and whoever may publish may say it.
  'write-campaign': ['marketer', 'operator', 'admin'],
  'see-metrics': ['operator', 'admin'],
  // Says whether a rep takes leads: the manager of one of their teams may.
  'switch-rep': ['rep', 'admin'],
  'pause-cadence': ['marketer', 'operator', 'admin'],
  'end-canary': ['marketer', 'operator', 'admin'],
  // The brake in an emergency: whoever may publish may also stop.
  'pause-sending': ['marketer', 'operator', 'admin'],
  'manage-runs': ['marketer', 'operator', 'admin'],
  // What came back may hold a person's words.
  'settle-mail': ['marketer', 'operator', 'admin'],
  'see-suppressions': ['marketer', 'operator', 'admin'],
  suppress: ['marketer', 'operator', 'admin'],
  // What forbade mail forbids it no more: not for who wants to send it.
  'lift-suppression': ['operator', 'admin'],
  // All that is known of a person at once, what others wrote of them too.
  'export-lead': ['operator', 'admin'],
  'erase-lead': ['admin'],
  'manage-keys': ['admin'],
  'manage-users': ['admin'],
};

/** Actions that concern any lead, or no lead at all. */
const WITH_ANY_LEAD: ReadonlySet<Action> = new Set([
  'submit-lead',
  'record-event',
  'save-report',
  'see-playbook',
  'see-publishing',
  'write-campaign',
  'see-metrics',
  'pause-cadence',
  'end-canary',
  'pause-sending',
  'manage-runs',
  'settle-mail',
  'see-suppressions',
  'suppress',
  'lift-suppression',
  'export-lead',
  'erase-lead',
  'manage-keys',
  'manage-users',
]);

/** The owners of a lead at one moment. */
export interface LeadTies {
  leadId: string;
  /** The rep who owns the current need. When it is closed, its last owner, until another need is opened. */
  ownerId: string | null;
  /** The owner's teams. */
  ownerTeams: readonly string[];
  /** The latest hand-off of the current need. Null while the lead is in the nurture pool: there it belongs to no rep. */
  handOff: { id: string; repId: string; team: string; isLive: boolean } | null;
  /** The team that it waits for; null: it waits for none. */
  waitsFor?: string | null;
}

/** The ties that follow from the facts about a lead. `assignment`: the latest of its current need. */
export function tiesFrom(lead: {
  leadId: string;
  stage: Stage;
  ownerId: string | null;
  ownerTeams: readonly string[];
  assignment: { id: string; repId: string; team: string; status: AssignmentStatus } | null;
  /** The team that its current need waits for. */
  waitingTeam: string | null;
}): LeadTies {
  const { leadId, stage, ownerId, ownerTeams, assignment } = lead;
  const waitsFor = stage === 'qualified' ? lead.waitingTeam : null;
  if (assignment === null || isInNurturePool(stage)) return { leadId, ownerId, ownerTeams, handOff: null, waitsFor };
  const { id, repId, team, status } = assignment;
  return { leadId, ownerId, ownerTeams, handOff: { id, repId, team, isLive: isLive(status) }, waitsFor };
}

/** An assignment may be seen by its rep, also when it is over. */
export function tiesOfAssignment(assignment: { id: string; leadId: string; repId: string; team: string }): LeadTies {
  const { id, leadId, repId, team } = assignment;
  return { leadId, ownerId: repId, ownerTeams: [], handOff: { id, repId, team, isLive: true } };
}

/** A rep who is switched on or off belongs to the managers of their teams, and not to the rep. */
export function tiesOfRep({ teams }: { teams: readonly string[] }): LeadTies {
  return { leadId: '', ownerId: null, ownerTeams: teams, handOff: null };
}

/** A task belongs to the rep who got it and to the team whose turn it was, whoever has the lead. */
export function tiesOfTask(task: { leadId: string; repId: string; team: string | null }): LeadTies {
  const { leadId, repId, team } = task;
  return { leadId, ownerId: repId, ownerTeams: team === null ? [] : [team], handOff: null };
}

/** The leads that an actor may do something with: all, or those of a rep and of the teams that the rep manages. */
export type Scope = { kind: 'all' } | RepScope;
export interface RepScope {
  kind: 'rep';
  repId: string;
  /** The teams that the rep manages; empty for a rep who is not a manager. */
  teams: readonly string[];
}

/** The ways in which a lead can belong to a rep or a team. Each has its counterpart in SQL. */
export const TIES = {
  owner: ({ repId, teams }, lead) => lead.ownerId === repId || lead.ownerTeams.some((team) => teams.includes(team)),
  offered: ({ repId }, { handOff }) => handOff !== null && handOff.isLive && handOff.repId === repId,
  team: ({ teams }, { handOff }) => handOff !== null && teams.includes(handOff.team),
  waits: ({ teams }, { waitsFor }) => waitsFor !== null && waitsFor !== undefined && teams.includes(waitsFor),
} as const satisfies Readonly<Record<string, (scope: RepScope, lead: LeadTies) => boolean>>;
export type Tie = keyof typeof TIES;

export interface Denial {
  code: 'FORBIDDEN' | 'NOT_YOUR_ASSIGNMENT';
  message: string;
}

export function may(actor: Actor, action: Action, lead: LeadTies): boolean {
  return denialOf(actor, action, lead) === null;
}

/** Why the actor may not do this with the lead; null when the actor may. */
export function denialOf(actor: Actor, action: Action, lead: LeadTies): Denial | null {
  const denial = denialAtAll(actor, action);
  if (denial !== null || WITH_ANY_LEAD.has(action) || isTied(actor, lead)) return denial;
  return notTheirs(actor, action, lead);
}

/** Why the actor may do this with no lead at all; null when it is allowed with some lead, or concerns none. */
export function denialAtAll(actor: Actor, action: Action): Denial | null {
  if (actor.kind === 'system' || POLICY[action].includes(partyOf(actor))) return null;
  return {
    code: 'FORBIDDEN',
    message: `${whoInWords(actor)} may not do this; it takes ${actor.kind === 'user' ? 'the' : 'a key with'} role ${rolesInWords(actor, action)}`,
  };
}

/** A manager of the console may do what a rep who is a manager may. */
function rolesInWords(actor: Actor, action: Action): string {
  const roles = rolesFor(action).flatMap((role) =>
    actor.kind === 'user' && role === 'rep' ? ['rep', 'manager'] : [role],
  );
  return roles.join(', ');
}

/** The leads that a list shows; null when the actor may do this with no lead. */
export function scopeOf(actor: Actor, action: Action): Scope | null {
  return actor.kind === 'lead' || denialAtAll(actor, action) !== null ? null : reachOf(actor);
}

export function isInScope(scope: Scope, lead: LeadTies): boolean {
  return scope.kind === 'all' || Object.values(TIES).some((isTied) => isTied(scope, lead));
}

/** The roles of API keys that may do this, with the leads in their reach. */
export function rolesFor(action: Action): Role[] {
  return POLICY[action].filter((party): party is Role => !NO_ROLES.has(party));
}
const NO_ROLES: ReadonlySet<Party> = new Set(['decision-link', 'lead-link']);

/** Whether the actor may name this rep as the one a new lead goes to: themselves, for a manager those of their teams, for others anybody. */
export function mayHandTo(actor: Actor, rep: { id: string; teams: readonly string[] }): boolean {
  const scope = scopeOf(actor, 'vouch');
  if (scope === null || scope.kind === 'all') return scope !== null;
  return rep.id === scope.repId || rep.teams.some((team) => scope.teams.includes(team));
}

/** A manager with teams manages those teams; a manager without a team manages all. */
export function managesTeams(actor: Actor): boolean {
  if (actor.kind === 'user') return actor.role === 'manager' && actor.teams.length > 0;
  return actor.kind === 'rep' && actor.manager && (actor.teams ?? []).length > 0;
}

function partyOf(actor: Exclude<Actor, { kind: 'system' }>): Party {
  switch (actor.kind) {
    case 'rep':
      return actor.link === undefined ? 'rep' : 'decision-link';
    case 'key':
      return actor.role ?? (actor.manager ? 'operator' : 'marketer');
    case 'user':
      // What a manager in the playbook may do.
      return actor.role === 'manager' ? 'rep' : actor.role;
    case 'lead':
      return 'lead-link';
  }
}

function whoInWords(actor: Exclude<Actor, { kind: 'system' }>): string {
  const party = partyOf(actor);
  if (actor.kind === 'user') return `A user with role ${actor.role}`;
  if (party === 'rep') return 'A rep';
  if (party === 'decision-link') return 'The link of an offer';
  if (party === 'lead-link') return 'The link in a mail to a lead';
  return `A key with role ${party}`;
}

/** Whose leads a board shows: all, or those of the teams that the actor manages; null for who manages nobody. */
export function boardScopeOf(actor: Actor): Scope | null {
  const scope = scopeOf(actor, 'see-assignment');
  return scope === null || scope.kind === 'all' || scope.teams.length > 0 ? scope : null;
}

function reachOf(actor: Exclude<Actor, { kind: 'lead' }>): Scope {
  // A user is no rep: no lead is owned by their id.
  if (actor.kind === 'user' && managesTeams(actor)) return { kind: 'rep', repId: actor.userId, teams: actor.teams };
  if (actor.kind !== 'rep' || (actor.manager && !managesTeams(actor))) return { kind: 'all' };
  return { kind: 'rep', repId: actor.repId, teams: actor.manager ? (actor.teams ?? []) : [] };
}

function isTied(actor: Actor, lead: LeadTies): boolean {
  if (actor.kind === 'lead') return actor.leadId === lead.leadId;
  if (actor.kind === 'rep' && actor.link !== undefined && actor.link !== lead.handOff?.id) return false;
  return isInScope(reachOf(actor), lead);
}

const OF_AN_ASSIGNMENT: ReadonlySet<Action> = new Set(['see-assignment', 'accept', 'reject', 'reroute']);

function notTheirs(actor: Actor, action: Action, { handOff }: LeadTies): Denial {
  if (action === 'reroute' && actor.kind === 'rep' && handOff?.repId === actor.repId) {
    const message = 'You have let this lead go: a manager decides who gets it now';
    return { code: 'NOT_YOUR_ASSIGNMENT', message };
  }
  if (action === 'switch-rep')
    return {
      code: 'FORBIDDEN',
      message: 'Only a manager of one of the rep’s teams or an admin may switch a rep on or off',
    };
  if (OF_AN_ASSIGNMENT.has(action)) {
    const message = 'This lead was offered to another rep; their manager may decide in their place';
    return { code: 'NOT_YOUR_ASSIGNMENT', message };
  }
  if (action === 'outcome')
    return { code: 'NOT_YOUR_ASSIGNMENT', message: 'Only the owner of the lead or a manager may record its outcome' };
  return { code: 'FORBIDDEN', message: 'This lead is not yours: it is neither owned by you nor offered to you' };
}
