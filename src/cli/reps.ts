/** Who takes leads, from the command line. Whoever reaches the database may do this. */
import Table from 'cli-table3';
import { DateTime } from 'luxon';
import { awayDaysInWords } from '../domain/away-words.ts';
import type { Hours } from '../domain/cadence.ts';
import { AppError } from '../domain/errors.ts';
import { hoursToText, zoneOf } from '../domain/schedule.ts';
import { hours } from '../language/schemas.ts';
import type { Config } from '../runtime/config.ts';
import { withDb } from './with-db.ts';
import {
  type ListedRep,
  listReps,
  listRepsWithLeads,
  readRepAddresses,
  type RepWithLeads,
} from '../store/lists/reps.ts';
import type { Db } from '../store/db.ts';
import { newestRevision } from '../store/rules/read-rules.ts';
import { readRulesInForce } from '../store/rules/with-written.ts';
import { changeRep, type RepPatch } from '../store/sales/change-rep.ts';
import type { Answer } from './command.ts';
import { userName } from './user-name.ts';

export async function repsList(config: Config): Promise<Answer> {
  return withDb(config, async (db) => {
    const addresses = await readRepAddresses(db);
    const reps = (await listRepsWithLeads(db)).map((rep) => ({ ...rep, email: addresses.get(rep.id) ?? '' }));
    if (reps.length === 0)
      return { data: reps, text: 'There are no reps yet: they come with the playbook, by `npx nurture publish`.' };
    const zone = await defaultZone(db);
    const table = new Table({
      head: [
        'Rep',
        'Name',
        'Signs in as',
        'Teams',
        'Manager',
        'Takes leads',
        'Offers',
        'Weight',
        'Limits',
        'Hours',
        'Can',
        'Away',
      ],
      style: { head: [], border: [] },
    });
    for (const { key, name, email, teams, manager, active, inPlaybook, offered, weight, ...state } of reps)
      table.push([
        key,
        name,
        email,
        teams.join(', '),
        managesInWords(manager, teams),
        active ? 'yes' : inPlaybook ? 'switched off' : 'not in the playbook',
        offered,
        weight,
        limitsInWords(state),
        state.workingHours === null ? '' : hoursToText(state.workingHours),
        [...state.skills, ...state.languages].join(', '),
        absenceInWords(state, zone),
      ]);
    return { data: reps, text: table.toString() };
  });
}

/** As the policy has it: a manager of their own teams, or of all without any. */
function managesInWords(manager: boolean, teams: readonly string[]): string {
  if (!manager) return '';
  return teams.length === 0 ? 'of all teams' : `of ${teams.join(', ')}`;
}

/** @throws AppError NOT_FOUND, CONFLICT for the last active rep of a team */
export async function repsSwitch(config: Config, rep: string, active: boolean): Promise<Answer> {
  return withDb(config, async (db) => {
    const id = await changeRep(db, {
      rep,
      patch: { active },
      actor: 'system',
      author: userName(),
      at: new Date(),
      denial: () => null,
    });
    const found = (await listRepsWithLeads(db)).find((one) => one.id === id);
    return { data: found, text: inWords(rep, active, found) };
  });
}

/** @throws AppError NOT_FOUND, VALIDATION_FAILED */
export async function repsSet(config: Config, rep: string, patch: RepPatch): Promise<Answer> {
  return withDb(config, async (db) => {
    const by = { actor: 'system', author: userName(), at: new Date(), denial: () => null };
    const id = await changeRep(db, { rep, patch, ...by });
    const found = (await listRepsWithLeads(db)).find((one) => one.id === id);
    if (found === undefined) return { data: null, text: `${rep} is gone.` };
    const own = found.workingHours === null ? '' : `works ${hoursToText(found.workingHours)}`;
    const digest = found.dailyDigest ? 'list of the day by mail' : '';
    const absence = absenceInWords(found, await defaultZone(db));
    const words = [`weight ${found.weight}`, limitsInWords(found), own, absence, digest].filter((part) => part !== '');
    return { data: found, text: `${found.key}: ${words.join('; ')}` };
  });
}

/**
 * Enters the absence of a rep, in the place of one that was entered. A day begins at midnight in the rep's zone.
 * @throws AppError NOT_FOUND, VALIDATION_FAILED
 */
export async function repsAway(
  config: Config,
  rep: string,
  { from, until, deputy }: { from: string; until?: string | undefined; deputy?: string | undefined },
): Promise<Answer> {
  const { zone, before } = await withDb(config, async (db) => {
    const fallback = await defaultZone(db);
    const found = (await listReps(db)).find(({ id, key }) => id === rep || key === rep);
    const words = found === undefined ? '' : absenceInWords(found, fallback);
    return { zone: zoneOf(found?.timeZone, fallback), before: words };
  });
  const answer = await repsSet(config, rep, {
    away: {
      from: dayIn(zone, '--from', from),
      until: until === undefined ? null : dayIn(zone, '--until', until),
      deputy: deputy ?? null,
    },
  });
  // One absence is kept: who enters the next one early is told what it took the place of.
  if (before === '' || answer.text.includes(before)) return answer;
  return { ...answer, text: `${answer.text}\nIt takes the place of the absence that was entered: ${before}` };
}

function dayIn(zone: string, option: string, text: string): Date {
  const time = DateTime.fromISO(text, { zone });
  if (time.isValid) return time.toJSDate();
  throw new AppError('VALIDATION_FAILED', `${option}: expected a date such as 2026-12-21, found “${text}”`);
}

/**
 * "mon-thu 09:00-13:00", or "none".
 * @throws AppError VALIDATION_FAILED
 */
export function hoursIn(text: string): Hours | null {
  if (text === 'none') return null;
  const [, days, from, to] = /^(.+?)\s+(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)$/.exec(text.trim()) ?? [];
  const read = hours.safeParse({ days, from: from?.padStart(5, '0'), to: to?.padStart(5, '0') });
  if (read.success) return read.data;
  throw new AppError(
    'VALIDATION_FAILED',
    `--hours: expected hours such as "mon-thu 09:00-13:00", or none, found “${text}”`,
  );
}

function limitsInWords({
  maxOpen,
  maxPerDay,
  maxPerHour,
}: Pick<ListedRep, 'maxOpen' | 'maxPerDay' | 'maxPerHour'>): string {
  return [
    maxOpen === null ? '' : `${maxOpen} at once`,
    maxPerDay === null ? '' : `${maxPerDay} in 24 hours`,
    maxPerHour === null ? '' : `${maxPerHour} an hour`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** In the days of the rep's own zone, as everywhere. */
function absenceInWords({ away, timeZone }: Pick<ListedRep, 'away' | 'timeZone'>, fallback: string): string {
  if (away === null) return '';
  const zone = zoneOf(timeZone, fallback);
  return `${awayDaysInWords(away, zone)}${away.deputy === null ? '' : `, deputy ${away.deputy}`} (${zone})`;
}

/** Of reps without their own. */
async function defaultZone(db: Db): Promise<string> {
  const newest = await newestRevision(db);
  return newest === 0 ? 'UTC' : (await readRulesInForce(db, newest)).playbook.defaultTimeZone;
}

function inWords(rep: string, active: boolean, found: RepWithLeads | undefined): string {
  if (!active) return `${rep} gets no offers any more. ${offersOf(found?.offered ?? 0)}`;
  return found?.active === true
    ? `${rep} gets offers again.`
    : `${rep} is switched on, and gets no offers before routing.yaml has the rep and is published.`;
}

function offersOf(open: number): string {
  if (open === 0) return 'No offer is open.';
  return `Open offers: ${open}. Each goes to the next rep when its time to accept is over, or is rerouted before.`;
}
