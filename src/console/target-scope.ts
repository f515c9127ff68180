/** Whose figures a target is planned by: all leads, or those of who plans. */
import type { Scope } from '../domain/policy.ts';
import type { TargetPlan } from '../domain/target.ts';

/** own: the leads that whoever looks sees; theirs: some of these; unseen: some that whoever looks does not see. */
export type PlanReach = 'own' | 'theirs' | 'unseen';

export function ofScope(scope: Scope): Pick<TargetPlan, 'of'> {
  return scope.kind === 'all' ? {} : { of: { repId: scope.repId, teams: scope.teams } };
}

export function scopeOfPlan(of: TargetPlan['of']): Scope {
  return of === undefined ? { kind: 'all' } : { kind: 'rep', ...of };
}

/** How the leads of a plan stand to those that somebody sees. */
export function reachOf(plan: Scope, sees: Scope): PlanReach {
  if (sees.kind === 'all') return plan.kind === 'all' ? 'own' : 'theirs';
  if (plan.kind === 'all' || plan.teams.some((team) => !sees.teams.includes(team))) return 'unseen';
  if (plan.repId === sees.repId) return plan.teams.length === sees.teams.length ? 'own' : 'theirs';
  return plan.repId === '' ? 'theirs' : 'unseen';
}

/** Whose figures the page shows. */
export function whoseFigures(scope: Scope): string {
  if (scope.kind === 'all') return 'These are the figures of all leads.';
  return `These are the figures of ${whose(scope)} alone, and a plan made of them is for these leads alone.`;
}

/** Every lead of a rep was handed over: what comes before says nothing of it. */
export function whatTheyAre(scope: Scope): string {
  if (scope.kind === 'all') return '';
  return (
    'Leads that come in are here those that were handed over to them, also where they sent it back: the steps before that are nearly 100%, ' +
    'and what campaigns cost is not told. Who sees all leads, such as a marketer, plans from the first request on.'
  );
}

/** "all leads", or "teams north, south". */
export function planOfWhom(of: TargetPlan['of']): string {
  if (of === undefined) return 'all leads';
  return of.teams.length === 0 ? 'one rep' : teamsInWords(of.teams);
}

function whose({ teams }: { teams: readonly string[] }): string {
  return teams.length === 0 ? 'your own leads' : `your ${teamsInWords(teams)}`;
}

function teamsInWords(teams: readonly string[]): string {
  return `${teams.length === 1 ? 'team' : 'teams'} ${teams.join(', ')}`;
}
