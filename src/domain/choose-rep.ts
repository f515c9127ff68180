import { formatForPeople, type IsHoliday, nextOpening } from './schedule.ts';
import { noRoomBecause, type RepLoad, type RepState } from './room.ts';
import { nextRep, type RepCandidate } from './route.ts';
import type { RoutingRule, Team } from './routing.ts';
import { isHours } from './window.ts';

/** What the rep of a lead must have. */
export interface Wants {
  skills: readonly string[];
  /** Code such as "de" or "de-AT"; null: any. */
  language: string | null;
}

export const NO_WANTS: Wants = { skills: [], language: null };

/** What a rule wants of the rep of a lead in this language. */
export function wantsOf({ skills = [], language }: RoutingRule, leadLanguage: string | null): Wants {
  return { skills, language: language === 'same' ? leadLanguage : null };
}

/** A rep who is asked about. */
export interface RepFacts extends RepState, RepCandidate {
  key: string;
  skills: readonly string[];
  languages: readonly string[];
  timeZone: string | null;
  /** The rep's own; null: those of the team. */
  workingHours: unknown;
}

export interface Considered<T> {
  rep: T;
  /** In a clause, such as "is away"; null: the rep could get the lead. */
  whyNot: string | null;
}

export type Choice<T> = { considered: readonly Considered<T>[] } & (
  | {
      kind: 'offer';
      rep: T;
      /** Those who can do it and have room. */
      free: readonly T[];
      /** Those who can do it. */
      capable: readonly T[];
    }
  /** Who can do it had it before. */
  | { kind: 'nobody-left' }
  /** `opensAtMs`: when the first rep is at work who has room otherwise; null: all are away or full. */
  | { kind: 'wait'; opensAtMs: number | null }
  | { kind: 'error'; because: string }
);

export interface Question<T extends RepFacts> {
  team: Team;
  /** The active reps of the team. */
  reps: readonly T[];
  wants: Wants;
  loads: ReadonlyMap<string, RepLoad>;
  /** Reps who had the lead before, by id, each with how it ended in a clause, such as "refused it". */
  refusers: ReadonlyMap<string, string>;
  isHoliday: IsHoliday;
  atMs: number;
}

/** Who of a team gets a lead, and why the others do not. */
export function chooseRep<T extends RepFacts>(question: Question<T>): Choice<T> {
  const { team, reps, wants, loads, refusers, atMs } = question;
  const rows = reps.map((rep) => ({
    rep,
    lacks: lacking(rep, wants),
    before: refusers.get(rep.id) ?? null,
    noRoom: noRoomBecause(rep, loads.get(rep.id), atMs, (at) =>
      formatForPeople(at.getTime(), hoursOfRep(rep, team).zone, atMs),
    ),
    opensAtMs: team.outsideHours === 'hold' ? atWorkFrom(rep, question) : atMs,
  }));
  const considered = rows.map(({ rep, lacks, before, noRoom, opensAtMs }) => ({
    rep,
    whyNot:
      lacks ??
      (before !== null && noRoom !== null ? `${before}, and ${noRoom}` : before) ??
      noRoom ??
      (opensAtMs > atMs ? 'is not at work' : null),
  }));
  if (reps.length === 0)
    return {
      kind: 'error',
      considered,
      because: `Team ‘${team.name}’ has no active rep: all are switched off, or it is empty.`,
    };
  const capable = rows.filter(({ lacks }) => lacks === null);
  if (capable.length === 0)
    return { kind: 'error', considered, because: `No active rep of team ‘${team.name}’ ${inWords(wants)}.` };
  const willing = capable.filter(({ before }) => before === null);
  if (willing.length === 0) return { kind: 'nobody-left', considered };
  const free = capable.filter(({ noRoom, opensAtMs }) => noRoom === null && opensAtMs <= atMs).map(({ rep }) => rep);
  const rep = nextRep(free, [...refusers.keys()]);
  if (rep !== null) return { kind: 'offer', considered, rep, free, capable: capable.map((one) => one.rep) };
  const opens = willing.filter(({ noRoom }) => noRoom === null).map(({ opensAtMs }) => opensAtMs);
  return { kind: 'wait', considered, opensAtMs: opens.length === 0 ? null : Math.min(...opens) };
}

/** When a rep is at work, at or after now, by the rep's own hours or else the team's. */
function atWorkFrom(
  rep: RepFacts,
  { team, isHoliday, atMs }: Pick<Question<RepFacts>, 'team' | 'isHoliday' | 'atMs'>,
): number {
  const { hours, zone } = hoursOfRep(rep, team);
  return nextOpening(atMs, { window: [hours], isHoliday }, zone);
}

/** The working hours that count for a rep in a team. */
export function hoursOfRep(
  rep: Pick<RepFacts, 'workingHours' | 'timeZone'>,
  team: Team,
): { hours: Team['workingHours']; zone: string } {
  if (!isHours(rep.workingHours)) return { hours: team.workingHours, zone: team.timeZone };
  return { hours: rep.workingHours, zone: rep.timeZone ?? team.timeZone };
}

function lacking(rep: Pick<RepFacts, 'skills' | 'languages'>, { skills, language }: Wants): string | null {
  const missing = skills.filter((one) => !rep.skills.includes(one));
  if (missing.length > 0) return `does not have ${missing.map((one) => `‘${one}’`).join(' and ')}`;
  if (language === null || rep.languages.length === 0 || rep.languages.includes(primary(language))) return null;
  return `does not speak ‘${primary(language)}’`;
}

/** "de" of "de-AT". */
export function primary(language: string): string {
  return language.toLowerCase().split(/[-_]/)[0] ?? language;
}

function inWords({ skills, language }: Wants): string {
  return [
    ...(skills.length === 0 ? [] : [`has ${skills.map((one) => `‘${one}’`).join(' and ')}`]),
    ...(language === null ? [] : [`speaks ‘${primary(language)}’`]),
  ].join(' and ');
}
