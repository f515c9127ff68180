/** The team on a manager's board: what each rep and team has and how fast they decide; and what a manager sets for a rep. */
import { html } from 'hono/html';
import { DateTime } from 'luxon';
import { tiesOfRep } from '../domain/policy.ts';
import type { Load, Pace, Response } from '../store/lists/board.ts';
import { LATE, STANDS_OUT, type StandsOut } from '../store/lists/open-leads.ts';
import type { ListedRep } from '../store/lists/reps.ts';
import { fieldsOfForm, type Refused } from './form-fields.ts';
import { csrfField, type Html } from './layout.ts';
import { mayWith, type Visitor } from './session.ts';
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
const lateOf = (load: Figures): number => LATE.reduce((sum, kind) => sum + load[kind], 0);

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
    title: 'In time',
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
      median; first contacts are counted from the offer, answers from the reply. Who let an offer pass has not decided
      in time.
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

function badges(one: Colleague, { zone }: Visitor, reps: readonly ListedRep[]): Html {
  const { rep } = one;
  return html`${rep.teams.map((key) => html`<span class="badge">${key}</span> `)}
  ${rep.active ? '' : html`<span class="badge late">takes no leads</span>`}
  ${isFull(one) ? html`<span class="badge late">at capacity</span>` : ''}
  ${rep.away === null ? '' : html`<span class="badge late long">${awayInWords(rep.away, zone, reps)}</span>`}`;
}

/** One rep: how much they have and how fast they are, and what a manager sets for them. */
export function repPart(one: Colleague, visitor: Visitor, reps: readonly ListedRep[], refused: Refused | null): Html {
  const { rep, load, response } = one;
  const may = mayWith(visitor, 'switch-rep', tiesOfRep(rep));
  const limits = [
    rep.maxOpen === null ? null : `${rep.maxOpen} at once`,
    rep.maxPerDay === null ? null : `${rep.maxPerDay} in 24 hours`,
    rep.maxPerHour === null ? null : `${rep.maxPerHour} an hour`,
  ].filter((limit) => limit !== null);
  return html`<div class="cards">
    <section class="card">
      <h2>${rep.name}</h2>
      <p>${badges(one, visitor, reps)}</p>
      <dl>
        <dt>Open leads</dt>
        <dd>${openOf(load)} (${load.offered} to decide on)</dd>
        <dt>Overdue</dt>
        <dd>${lateOf(load) === 0 ? '0' : html`<span class="badge late">${lateOf(load)}</span>`}</dd>
        <dt>Nothing happens</dt>
        <dd>${load.stuck}</dd>
        <dt>No next step</dt>
        <dd>${load['no-step']}</dd>
        <dt>Share, limits</dt>
        <dd>${rep.weight}${limits.length === 0 ? ', no limit' : `, ${limits.join(', ')}`}</dd>
        <dt>Decides in</dt>
        <dd>${responseInWords(response)}</dd>
        <dt>First contact in</dt>
        <dd>${paceInWords(response?.contact ?? null, 'none in 30 days')}</dd>
        <dt>Answers replies in</dt>
        <dd>${paceInWords(response?.answer ?? null, 'no reply answered in 30 days')}</dd>
      </dl>
    </section>
    ${
      may
        ? html`<section class="card">
            <h2>Absence and limits</h2>
            ${stateForms(rep, visitor, reps, refused)}
          </section>`
        : ''
    }
  </div>`;
}

function responseInWords(response: Response | null): string {
  return paceInWords(response, 'no offers in 30 days');
}

function paceInWords(pace: Pace | null, none: string): string {
  if (pace === null || pace.median === null || pace.p90 === null) return none;
  const share = pace.inTime === null ? '' : `, ${Math.round(100 * pace.inTime)} % in time`;
  return `${durationInWords(pace.median)} (median), ${durationInWords(pace.p90)} (9 of 10)${share}`;
}

/** An absence is of whole days: it ends with the day before they are back. */
function awayInWords(
  { from, until, deputy }: NonNullable<ListedRep['away']>,
  zone: string,
  reps: readonly ListedRep[],
): string {
  const day = (at: string): string => DateTime.fromISO(at, { zone }).setLocale('en-US').toFormat('ccc d LLL yyyy');
  const inPlace = reps.find(({ key }) => key === deputy)?.name ?? deputy;
  return `away from ${day(from)}${until === null ? '' : `, back on ${day(until)}`}${inPlace === null ? '' : `, deputy ${inPlace}`}`;
}

function stateForms(
  rep: ListedRep,
  { csrf, zone }: Visitor,
  reps: readonly ListedRep[],
  refused: Refused | null,
): Html {
  const action = `/console/board/reps/${rep.id}`;
  const deputies = reps.filter(({ id, active }) => active && id !== rep.id).map(({ key, name }) => [key, name]);
  const dayOf = (at: string | null): string => (at === null ? '' : (DateTime.fromISO(at, { zone }).toISODate() ?? ''));
  const away = fieldsOfForm('away', refused);
  const limits = fieldsOfForm('limits', refused);
  const limit = (name: string, label: string, value: number | null): Html =>
    limits.input(name, label, { value: String(value ?? ''), inputmode: 'numeric', longest: 5 });
  return html`<form method="post" action="${action}/away">
      ${csrfField(csrf)} ${away.problem}
      ${away.input('from', 'Away from', { type: 'date', required: true, value: dayOf(rep.away?.from ?? new Date().toISOString()) })}
      ${away.input('until', 'Back on (empty: not known)', { type: 'date', value: dayOf(rep.away?.until ?? null) })}
      ${away.select('deputy', 'Deputy for leads the rep knows', { '': 'None', ...Object.fromEntries(deputies) }, { value: rep.away?.deputy ?? '' })}
      <button>Enter the absence of ${rep.name}</button>
    </form>
    ${
      rep.away === null
        ? ''
        : html`<form method="post" action="${action}/back">
            ${csrfField(csrf)}<button>${rep.name} is back</button>
          </form>`
    }
    <form method="post" action="${action}/limits">
      ${csrfField(csrf)} ${limits.problem}${limit('weight', 'Share of the leads (1 to 20)', rep.weight)}
      ${limit('maxOpen', 'Leads at once (empty: no limit)', rep.maxOpen)}
      ${limit('maxPerDay', 'Offers in 24 hours (empty: no limit)', rep.maxPerDay)}
      ${limit('maxPerHour', 'Offers an hour (empty: no limit)', rep.maxPerHour)}
      <button>Save limits of ${rep.name}</button>
    </form>
    <form method="post" action="${action}/active">
      ${csrfField(csrf)} <input type="hidden" name="active" value="${String(!rep.active)}" />
      <button>${rep.active ? 'Offer no leads to' : 'Offer leads again to'} ${rep.name}</button>
    </form>`;
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
