/** The team on a manager's board: what each rep and team has and how fast they decide. */
import { html } from 'hono/html';
import { awayDaysInWords } from '../domain/away-words.ts';
import { isAway } from '../domain/room.ts';
import { zoneOf } from '../domain/schedule.ts';
import type { Load, Response } from '../store/lists/board.ts';
import { LATE, STANDS_OUT, type StandsOut } from '../store/lists/open-leads.ts';
import type { ListedRep } from '../store/lists/reps.ts';
import type { Html } from './layout.ts';
import type { Visitor } from './session.ts';
import { sortHead, type Sorting } from './sort-links.ts';
import { wideTable } from './table.ts';
import { durationInWords } from './words.ts';

export type Figures = Omit<Load, 'repId' | 'team'>;

/** What is known of a rep or a team. */
interface Measured {
  load: Figures;
  response: Response | null;
}

export interface Colleague extends Measured {
  rep: ListedRep;
}

/** By what the table of the team can be put in order. */
export const TEAM_ORDERS = [
  'name',
  'open',
  'waiting',
  'late',
  'stuck',
  'no-step',
  'median',
  'p90',
  'in-time',
  'contact',
  'answer',
] as const;
export type TeamOrder = (typeof TEAM_ORDERS)[number];

/** The leads that somebody has. */
export const openOf = ({ offered, accepted }: Figures): number => offered + accepted;
export const lateOf = (load: Figures): number => LATE.reduce((sum, kind) => sum + load[kind], 0);

export function isFull({ rep, load }: Colleague): boolean {
  return rep.maxOpen !== null && openOf(load) >= rep.maxOpen;
}

const COLUMNS: readonly { key: TeamOrder; title: string; of(one: Measured): number | null }[] = [
  { key: 'open', title: 'Open', of: ({ load }) => openOf(load) },
  { key: 'waiting', title: 'To decide', of: ({ load }) => load.offered },
  { key: 'late', title: 'Overdue', of: ({ load }) => lateOf(load) },
  { key: 'stuck', title: 'Nothing happens', of: ({ load }) => load.stuck },
  { key: 'no-step', title: 'No next step', of: ({ load }) => load['no-step'] },
  { key: 'median', title: 'Decides in (median)', of: ({ response }) => response?.median ?? null },
  { key: 'p90', title: '9 of 10 in', of: ({ response }) => response?.p90 ?? null },
  {
    key: 'in-time',
    title: 'In time (working hours)',
    of: ({ response }) => (response === null || response.offers === 0 ? null : response.inTime),
  },
  { key: 'contact', title: 'First contact in', of: ({ response }) => response?.contact.median ?? null },
  { key: 'answer', title: 'Answers in', of: ({ response }) => response?.answer.median ?? null },
];
const BY_TIME: ReadonlySet<TeamOrder> = new Set(['median', 'p90', 'contact', 'answer']);

function inOrder(team: readonly Colleague[], { by, down }: Sorting<TeamOrder>): Colleague[] {
  const column = COLUMNS.find(({ key }) => key === by);
  const byName = (a: Colleague, b: Colleague): number => a.rep.name.localeCompare(b.rep.name);
  return team.toSorted((a, b) => {
    if (column === undefined) return down ? byName(b, a) : byName(a, b);
    const [left, right] = [column.of(a), column.of(b)];
    // Of whom nothing is known comes last, whichever way round.
    if (left === right || left === undefined || right === undefined) return byName(a, b);
    if (left === null || right === null) return left === null ? 1 : -1;
    return (down ? right - left : left - right) || byName(a, b);
  });
}

interface TeamTable {
  team: readonly Colleague[];
  /** All of them: a deputy may be of another team. */
  reps: readonly ListedRep[];
  loads: readonly Load[];
  /** Those of teams are among them. */
  responses: readonly Response[];
  sorting: Sorting<TeamOrder>;
  pathOf: (word: string) => string;
  visitor: Visitor;
}

export function teamPart({ team, reps, loads, responses, sorting, pathOf, visitor }: TeamTable): Html {
  const words = numbersOf(visitor);
  const rows = inOrder(team, sorting).map(
    (one) =>
      html`<tr id="of-${one.rep.id}">
        <th scope="row">
          <a href="${repPath(one.rep)}">${one.rep.name}</a>
          ${badges(one, visitor, reps)}
        </th>
        ${COLUMNS.map(({ key, of }) => html`<td class="number">${words(key, of(one), one)}</td>`)}
      </tr>`,
  );
  const teams = [...new Set(team.flatMap(({ rep }) => rep.teams))].toSorted();
  const ofTeams = teams.map((key) => {
    const load = sumOf(loads.filter((one) => one.team === key));
    const response = responses.find((one) => one.team === key) ?? null;
    return html`<tr>
      <th scope="row">Team ${key}</th>
      ${COLUMNS.map((column) => html`<td class="number">${words(column.key, column.of({ load, response }), null)}</td>`)}
    </tr>`;
  });
  return html`<section id="team">
    <h2>Team (${team.length})</h2>
    ${wideTable({
      label: 'Team',
      class: 'wide tall card',
      head: [
        sortHead({ key: 'name', title: 'Rep' }, sorting, pathOf),
        ...COLUMNS.map(({ key, title }) => sortHead({ key, title, down: true, isNumber: true }, sorting, pathOf)),
      ],
      rows,
      foot: ofTeams,
    })}
    <p class="soft small">
      Overdue: no decision, answer, first contact or next step in time. How fast they are: of the last 30 days, the
      median by the clock, nights and weekends too; first contacts are counted from the offer, answers from the reply.
      In time: decided before the time to decide was over, which counts the working hours of the rep. Who let an offer
      pass, or has not decided on it though its time is over, has not decided in time; nor who had it past its end when
      a manager moved it.
    </p>
  </section>`;
}

const repPath = ({ key }: ListedRep): string => `/console/board?rep=${encodeURIComponent(key)}`;

/** How a figure of a column is written. */
function numbersOf({ locale }: Visitor) {
  const count = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent' });
  return (key: TeamOrder, value: number | null, one: Colleague | null): Html | string => {
    if (value === null) return '–';
    if (BY_TIME.has(key)) return durationInWords(value);
    if (key === 'in-time') return share.format(value);
    const words = count.format(value);
    if (key === 'open' && one !== null && one.rep.maxOpen !== null)
      return `${words} of ${count.format(one.rep.maxOpen)}`;
    return key === 'late' && value > 0 ? html`<span class="badge late">${words}</span>` : words;
  };
}

export function badges(one: Colleague, { defaultZone }: Visitor, reps: readonly ListedRep[]): Html {
  const { rep } = one;
  return html`${rep.teams.map((key) => html`<span class="badge">${key}</span> `)}
  ${rep.active ? '' : html`<span class="badge late">takes no leads</span>`}
  ${isFull(one) ? html`<span class="badge late">at capacity</span>` : ''}
  ${rep.away === null ? '' : html`<span class="badge late long">${awayInWords(rep, defaultZone, reps)}</span>`}`;
}

type Absence = NonNullable<ListedRep['away']>;

export function isAwayNow({ away }: Pick<ListedRep, 'away'>, nowMs: number): boolean {
  if (away === null) return false;
  const { from, until } = away;
  return isAway({ awayFrom: new Date(from), awayUntil: until === null ? null : new Date(until) }, nowMs);
}

/** An absence is of whole days: it ends with the day before they are back. A deputy who is away at a part of it is told with it. */
export function awayInWords({ away, timeZone }: ListedRep, defaultZone: string, reps: readonly ListedRep[]): string {
  if (away === null) return 'no absence is entered';
  const { deputy } = away;
  const days = awayDaysInWords(away, zoneOf(timeZone, defaultZone));
  if (deputy === null) return days;
  const rep = reps.find(({ key }) => key === deputy);
  const theirs = rep?.away ?? null;
  const alsoAway =
    theirs !== null && doMeet(away, theirs)
      ? ` (who is ${awayDaysInWords(theirs, zoneOf(rep?.timeZone, defaultZone))})`
      : '';
  return `${days}, deputy ${rep?.name ?? deputy}${alsoAway}`;
}

function doMeet(one: Absence, other: Absence): boolean {
  const begins = (a: Absence, b: Absence): boolean => b.until === null || Date.parse(a.from) < Date.parse(b.until);
  return begins(one, other) && begins(other, one);
}

/** Whom the rep stands in for while being away too: "deputy of Ada, who is away then too". Empty: nobody. */
export function deputyOfInWords({ key, away }: ListedRep, reps: readonly ListedRep[]): string {
  if (away === null) return '';
  const names = reps.flatMap((one) => (one.away?.deputy === key && doMeet(one.away, away) ? [one.name] : []));
  return names.length === 0 ? '' : `; the deputy of ${names.join(', ')}, away then too: choose another there`;
}

/** Loads put together: those of a rep, of a team, or of all. */
export function sumOf(loads: readonly Load[]): Figures {
  const sum = (of: (load: Load) => number): number => loads.reduce((all, load) => all + of(load), 0);
  const kinds = STANDS_OUT.map((kind) => [kind, sum((load) => load[kind])]);
  return {
    ...(Object.fromEntries(kinds) as Record<StandsOut, number>),
    offered: sum(({ offered }) => offered),
    accepted: sum(({ accepted }) => accepted),
  };
}
