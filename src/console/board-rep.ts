/** One rep on a manager's board: their absence and figures, what a manager sets for longer, and what was changed. */
import { html } from 'hono/html';
import { DateTime } from 'luxon';
import { countOf } from '../domain/count-of.ts';
import { tiesOfRep } from '../domain/policy.ts';
import { zoneOf } from '../domain/schedule.ts';
import type { Pace } from '../store/lists/board.ts';
import type { ListedRep } from '../store/lists/reps.ts';
import { awayInWords, badges, type Colleague, deputyOfInWords, isAwayNow, lateOf, openOf } from './board-team.ts';
import { fieldsOfForm, type Refused } from './form-fields.ts';
import { csrfField, type Html } from './layout.ts';
import { mayWith, type Visitor } from './session.ts';
import { durationInWords } from './words.ts';

/** Their absence, which is entered before their leads are handed over, and beside it how much they have and how fast they are. */
export function repPart(one: Colleague, visitor: Visitor, reps: readonly ListedRep[], refused: Refused | null): Html {
  const { rep, load, response } = one;
  return html`<div class="cards">
    ${
      maySet(rep, visitor)
        ? html`<section class="card" id="absence">
            <h2>Absence</h2>
            ${absenceForms(rep, visitor, reps, refused)}
          </section>`
        : ''
    }
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
        <dt>Weight, limits</dt>
        <dd>${limitsInWords(rep)}</dd>
        <dt>Decides in</dt>
        <dd>
          ${response === null || response.offers === 0 ? 'no offers in 30 days' : paceInWords(response, 'none decided in 30 days')}
        </dd>
        <dt>First contact in</dt>
        <dd>${paceInWords(response?.contact ?? null, 'none in 30 days')}</dd>
        <dt>Answers replies in</dt>
        <dd>${paceInWords(response?.answer ?? null, 'no reply answered in 30 days')}</dd>
      </dl>
    </section>
  </div>`;
}

/** What a manager sets for a rep for longer. */
export function limitsPart(rep: ListedRep, visitor: Visitor, refused: Refused | null): Html | '' {
  if (!maySet(rep, visitor)) return '';
  const action = `/console/board/reps/${rep.id}`;
  const limits = fieldsOfForm('limits', refused);
  const limit = (name: string, label: string, value: number | null): Html =>
    limits.input(name, label, { value: String(value ?? ''), inputmode: 'numeric', longest: 5 });
  return html`<section class="card" id="limits">
    <h2>Weight and limits</h2>
    <form method="post" action="${action}/limits">
      ${csrfField(visitor.csrf)}
      ${limits.problem}${limit('weight', 'Weight among the colleagues (1 to 20; usual: 1)', rep.weight)}
      ${limit('maxOpen', 'Leads at once (empty: no limit)', rep.maxOpen)}
      ${limit('maxPerDay', 'Offers in 24 hours (empty: no limit)', rep.maxPerDay)}
      ${limit('maxPerHour', 'Offers an hour (empty: no limit)', rep.maxPerHour)}
      <button>Save limits of ${rep.name}</button>
    </form>
    <form method="post" action="${action}/active">
      ${csrfField(visitor.csrf)} <input type="hidden" name="active" value="${String(!rep.active)}" />
      <button>${rep.active ? 'Offer no leads to' : 'Offer leads again to'} ${rep.name}</button>
    </form>
  </section>`;
}

function maySet(rep: ListedRep, visitor: Visitor): boolean {
  return mayWith(visitor, 'switch-rep', tiesOfRep(rep));
}

/** "weight 2, at most 12 open leads, 5 offers in 24 hours" */
function limitsInWords({ weight, maxOpen, maxPerDay, maxPerHour }: ListedRep): string {
  const limits = [
    maxOpen === null ? null : countOf(maxOpen, 'open lead'),
    maxPerDay === null ? null : `${maxPerDay} offers in 24 hours`,
    maxPerHour === null ? null : `${maxPerHour} offers an hour`,
  ].filter((limit) => limit !== null);
  return `weight ${weight}, ${limits.length === 0 ? 'no limit' : `at most ${limits.join(', ')}`}`;
}

const CHANGED: Readonly<Record<string, (rep: ListedRep, defaultZone: string, reps: readonly ListedRep[]) => string>> = {
  away: (rep, defaultZone, reps) => `${awayInWords(rep, defaultZone, reps)}${deputyOfInWords(rep, reps)}`,
  back: ({ away }) => (away === null ? 'is back, and gets offers again' : 'an absence is entered'),
  active: ({ active }) => (active ? 'gets offers again' : 'gets no offers any more'),
  limits: (rep) => `${limitsInWords(rep)} now`,
};

/**
 * What was changed for the rep, as it stands now: "Luca Moretti: weight 1, at most 12 open leads now."
 * @param what As the address of the page says; anything else is null: nothing was changed
 */
export function changedInWords(
  what: unknown,
  rep: ListedRep,
  { defaultZone }: Visitor,
  reps: readonly ListedRep[],
): string | null {
  if (typeof what !== 'string' || !Object.hasOwn(CHANGED, what)) return null;
  return `${rep.name}: ${CHANGED[what]?.(rep, defaultZone, reps) ?? ''}.`;
}

function paceInWords(pace: Pace | null, none: string): string {
  if (pace === null) return none;
  const share = pace.inTime === null ? '' : `, ${Math.round(100 * pace.inTime)}% in time by working hours`;
  if (pace.median === null || pace.p90 === null) return `${none}${share}`;
  return `${durationInWords(pace.median)} (median), ${durationInWords(pace.p90)} (9 of 10)${share}`;
}

function absenceForms(
  rep: ListedRep,
  { csrf, defaultZone }: Visitor,
  reps: readonly ListedRep[],
  refused: Refused | null,
): Html {
  const action = `/console/board/reps/${rep.id}`;
  const zone = zoneOf(rep.timeZone, defaultZone);
  const deputies = reps
    .filter(({ id, active }) => active && id !== rep.id)
    .map((one) => [one.key, `${one.name}${isAwayNow(one, Date.now()) ? ' (away)' : ''}`]);
  const dayOf = (at: string | null): string => (at === null ? '' : (DateTime.fromISO(at, { zone }).toISODate() ?? ''));
  const away = fieldsOfForm('away', refused);
  const isOpen =
    refused?.form === 'away' ? refused.valuesOf('open').length > 0 : rep.away !== null && rep.away.until === null;
  return html`<form method="post" action="${action}/away">
      ${csrfField(csrf)} ${away.problem}
      <p class="soft small">Days are those of ${rep.name}: ${zone}.</p>
      ${
        rep.away === null
          ? ''
          : html`<p class="soft">
              Entered now: ${awayInWords(rep, defaultZone, reps)}. A rep has one absence: what you enter takes its
              place.
            </p>`
      }
      ${away.input('from', 'Away from', { type: 'date', required: true, value: dayOf(rep.away?.from ?? new Date().toISOString()) })}
      ${away.input('until', 'Back on', { type: 'date', value: dayOf(rep.away?.until ?? null) })}
      <label class="check"
        ><input type="checkbox" name="open" value="yes" ${isOpen ? 'checked' : ''} /> Until further notice</label
      >
      ${away.select('deputy', 'Deputy for leads the rep knows', { '': 'None', ...Object.fromEntries(deputies) }, { value: rep.away?.deputy ?? '' })}
      <button>Enter the absence of ${rep.name}</button>
    </form>
    ${
      rep.away === null
        ? ''
        : html`<form method="post" action="${action}/back">
            ${csrfField(csrf)}<button>${rep.name} is back</button>
          </form>`
    }`;
}
