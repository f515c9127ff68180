/** The leads on a manager's board, with a box each, and whom the chosen ones are handed over to. */
import { html } from 'hono/html';
import { newId } from '../domain/ids.ts';
import { moneyInWords } from '../domain/money-words.ts';
import { type OwnClock, whenInWords } from '../domain/when.ts';
import type { AttentionRow } from '../store/lists/attention.ts';
import type { BoardLead, BoardOrder } from '../store/lists/board.ts';
import type { StandsOut } from '../store/lists/open-leads.ts';
import type { LeadName } from '../store/lists/lead-names.ts';
import { MOST_OPENING, MOST_UNOFFERED, type Opening, type QueuePlace, type Unoffered } from '../store/lists/queue.ts';
import type { ListedRep, RepWithLeads } from '../store/lists/reps.ts';
import { fieldsOfForm, type Refused } from './form-fields.ts';
import { handOverTargets, type Around, repInWords, takingLeads, WHAT_GOES_ALONG } from './hand-over-words.ts';
import { csrfField, type Html } from './layout.ts';
import { actorAtAll, type Visitor } from './session.ts';
import { sortHead, type Sorting } from './sort-links.ts';
import { headsOf, wideTable } from './table.ts';
import { clockBadge, nameOf, timesOf } from './words.ts';

export const STANDS_OUT_WORDS: Readonly<Record<StandsOut, string>> = {
  'no-decision': 'no decision in time',
  'late-answer': 'reply not answered in time',
  'late-contact': 'not contacted in time',
  'step-overdue': 'next step overdue',
  stuck: 'nothing happens',
  'no-step': 'no next step',
};

interface Waiting {
  rows: readonly AttentionRow[];
  /** How many wait. */
  all: number;
  /** Why each waits, in the order of the rows. */
  because: readonly string[];
  names: ReadonlyMap<string, LeadName & OwnClock>;
  places: ReadonlyMap<string, QueuePlace>;
  /** Those that wait for the hours of their team, and for no person. */
  opening: Opening;
  /** Those that wait for neither. */
  unoffered: Unoffered;
  visitor: Visitor;
  reps: readonly RepWithLeads[];
  nowMs: number;
  /** Where the form is posted to. */
  action: string;
  /** The form that was posted and refused. */
  refused: Refused | null;
}

const NAMELESS: LeadName & OwnClock = { firstName: null, lastName: null, company: null, clockOffsetMs: 0n };

/** Leads that nobody has: sent back to a manager, or nobody can take them. The one that waits the longest first. */
export function waitingPart(waiting: Waiting): Html {
  const { rows, all, because, names, places, opening, unoffered, visitor, reps, nowMs, action, refused } = waiting;
  const when = (at: Date): string => whenInWords(at.getTime(), nowMs, visitor.zone);
  const count = (n: number): string => new Intl.NumberFormat(visitor.locale).format(n);
  const isAble = mayHandOver(visitor);
  const chosen = chosenIn('queue', refused);
  const lines = rows.map(({ leadId, kind, since }, n) => {
    const lead = names.get(leadId ?? '') ?? NAMELESS;
    const its = timesOf(lead, visitor.zone, nowMs);
    return html`<tr id="waits-${leadId}">
      ${isAble ? html`<td>${box(leadId ?? '', nameOf(lead), chosen?.has(leadId ?? '') ?? false)}</td>` : ''}
      <td>${leadLink(leadId ?? '', lead)}</td>
      <td>${kind === 'reroute' ? html`<span class="badge late">sent back</span> ` : ''}${because[n]}</td>
      <td>${its(since)}${clockBadge(lead)}</td>
      <td>${nextInWords(places.get(leadId ?? '') ?? null, nowMs, its)}</td>
    </tr>`;
  });
  return html`<section id="waiting">
    <h2>Waiting for somebody (${count(all)})</h2>
    ${
      rows.length === 0
        ? html`<p class="soft">
            ${opening.leads + unoffered.soon + unoffered.paused + unoffered.held === 0 ? 'Every lead has a rep.' : 'No lead waits for you to say who gets it.'}
          </p>`
        : html`<form class="card" method="post" action="${action}">
            ${csrfField(visitor.csrf)} <input type="hidden" name="once" value="${newId('command')}" />
            ${isAble ? target('queue', { reps, one: null, around: { nowMs, defaultZone: visitor.defaultZone, all: reps }, refused }) : ''}
            <input type="hidden" name="shown" value="" />
            ${wideTable({ label: 'Leads that wait for somebody', class: 'wide', head: [...(isAble ? [CHOOSE] : []), ...headsOf('Lead', 'Why', 'Since', 'Offered')], rows: lines })}
            ${all > rows.length ? html`<p class="soft">The ${rows.length} that wait the longest are shown.</p>` : ''}
          </form>`
    }
    ${othersInWords(opening, unoffered, { when, count })}
  </section>`;
}

/** Leads with no rep for whom no person has to do anything on the board: a sentence for each reason. */
function othersInWords(
  opening: Opening,
  { soon, paused, held }: Unoffered,
  { when, count }: { when: (at: Date) => string; count: (n: number) => string },
): Html[] {
  const are = (n: number, most: number, one: string, many: string): string =>
    n === 1 ? one : `${count(n)}${n === most ? ' or more' : ''} ${many}`;
  const sentences: (Html | string)[] = [];
  if (opening.firstAt !== null) {
    const wait = are(opening.leads, MOST_OPENING, 'One lead waits', 'leads wait');
    sentences.push(`${wait} until their team is at work: the first is offered ${when(opening.firstAt)}.`);
  }
  if (soon > 0)
    sentences.push(`${are(soon, MOST_UNOFFERED, 'One lead waits', 'leads wait')} to be offered in the next minute.`);
  if (paused > 0)
    sentences.push(
      `${are(paused, MOST_UNOFFERED, 'One lead with no rep is paused, and is', 'leads with no rep are paused, and each is')} offered once somebody resumes it.`,
    );
  if (held > 0)
    sentences.push(
      html`${are(held, MOST_UNOFFERED, 'One lead with no rep is', 'leads with no rep are')} held:
        <a href="/console/attention?kind=held">see why</a>.`,
    );
  return sentences.map((sentence) => html`<p class="soft">${sentence}</p>`);
}

/** When it is offered, as far as is known. */
function nextInWords(place: QueuePlace | null, nowMs: number, when: (at: Date) => string): string {
  if (place === null || place.waitingFor === null) return 'once a person says to whom';
  const { waitingFor, tryAgainAt, overflowAt } = place;
  if (waitingFor === 'hours' && tryAgainAt !== null) return when(tryAgainAt);
  if (waitingFor === 'error') return tryAgainAt === null ? '' : `tried again ${when(tryAgainAt)}`;
  const overflow =
    overflowAt !== null && overflowAt.getTime() > nowMs ? `; the overflow team is asked too ${when(overflowAt)}` : '';
  return `as soon as somebody has room${overflow}`;
}

/** Who may not hand leads over, as a marketer, sees them without boxes. */
function mayHandOver(visitor: Visitor): boolean {
  return actorAtAll(visitor, 'reroute') !== null;
}

/** The head of the boxes. */
const CHOOSE: Html = html`<th scope="col"><span class="hidden">Choose</span></th>`;

interface LeadsForm {
  visitor: Visitor;
  reps: readonly RepWithLeads[];
  /** Whose leads are shown; null: those that stand out. */
  one: ListedRep | null;
  /** Only those that stand out for this are shown. */
  kind: StandsOut | null;
  leads: readonly BoardLead[];
  /** How many there are, also of those on other pages. */
  all: number;
  offset: number;
  sorting: Sorting<BoardOrder>;
  /** The page in another order, or from another lead on. */
  pathOf: (change: { sort?: string; from?: number; tick?: string }) => string;
  /** Whether all leads are ticked, where the form was not refused. */
  ticked: boolean;
  nowMs: number;
  /** Where the form is posted to. */
  action: string;
  /** The form that was posted and refused. */
  refused: Refused | null;
}

/** A form over the leads that are shown. */
export function leadsForm(form: LeadsForm): Html {
  const { visitor, reps, one, kind, leads, all, offset, sorting, pathOf, ticked, nowMs, action, refused } = form;
  const isAble = mayHandOver(visitor);
  const chosen = chosenIn('leads', refused);
  const names = new Map(reps.map(({ id, name }) => [id, name]));
  const rows = leads.map((lead) => {
    const when = timesOf(lead, visitor.zone, nowMs);
    return html`<tr id="lead-${lead.assignmentId}">
      ${isAble ? html`<td>${box(lead.leadId, nameOf(lead), chosen?.has(lead.leadId) ?? ticked)}</td>` : ''}
      <td>${leadLink(lead.leadId, lead)}</td>
      <td>${names.get(lead.repId) ?? ''}</td>
      <td>
        ${lead.standsOut === null ? '' : html`<span class="badge late">${STANDS_OUT_WORDS[lead.standsOut]}</span>`}
      </td>
      <td>${lead.since === null ? '' : when(lead.since)}${clockBadge(lead)}</td>
      <td>
        ${lead.status === 'offered' ? 'Decision' : (lead.nextStep ?? '')}
        ${lead.dueAt === null ? '' : html`<span class="soft">${when(lead.dueAt)}</span>`}
      </td>
      <td>${lead.stage}, grade ${lead.fitGrade}</td>
      <td class="number">
        ${lead.valueMinor === null ? '' : moneyInWords(lead.valueMinor, lead.currency, visitor.locale)}
      </td>
    </tr>`;
  });
  const head = (key: BoardOrder, title: string, more: { down?: boolean; isNumber?: boolean } = {}): Html =>
    sortHead({ key, title, ...more }, sorting, (sort) => pathOf({ sort }));
  const title =
    one !== null ? 'Open leads' : kind === null ? 'Standing out' : `Standing out: ${STANDS_OUT_WORDS[kind]}`;
  return html`<section id="leads">
    <h2>${title} (${new Intl.NumberFormat(visitor.locale).format(all)})</h2>
    ${kind === null ? '' : html`<p><a href="/console/board#leads">Show all that stand out</a></p>`}
    ${
      leads.length === 0
        ? html`<p class="soft">
            ${one !== null ? 'This rep has no open lead.' : kind === null ? 'Every lead has a next step with a date, and none is overdue.' : 'There is none.'}
          </p>`
        : html`<form class="card" method="post" action="${action}">
            ${csrfField(visitor.csrf)} <input type="hidden" name="once" value="${newId('command')}" />
            <input type="hidden" name="shown" value="${leads.map(({ assignmentId }) => assignmentId).join(' ')}" />
            ${isAble ? html`${target('leads', { reps, one, around: { nowMs, defaultZone: visitor.defaultZone, all: reps }, refused })}${ticks(pathOf)}` : ''}
            ${wideTable({ label: 'Leads', class: 'wide', head: [...(isAble ? [CHOOSE] : []), head('lead', 'Lead'), head('rep', 'Rep'), head('why', 'Why'), head('since', 'Since'), head('next', 'Next'), ...headsOf('Stage'), head('value', 'Value', { down: true, isNumber: true })], rows })}
            ${pages({ shown: leads.length, all, offset, pathOf, locale: visitor.locale })}
          </form>`
    }
  </section>`;
}

function pages({
  shown,
  all,
  offset,
  pathOf,
  locale,
}: {
  shown: number;
  all: number;
  offset: number;
  pathOf: LeadsForm['pathOf'];
  locale: string;
}): Html | '' {
  if (offset === 0 && shown >= all) return '';
  const count = (n: number): string => new Intl.NumberFormat(locale).format(n);
  return html`<p class="soft">
    ${count(offset + 1)} to ${count(offset + shown)} of ${count(all)}.
    ${offset === 0 ? '' : html`<a href="${pathOf({ from: 0 })}">To the first</a>`}
    ${offset + shown < all ? html`<a href="${pathOf({ from: offset + shown })}">The next ones</a>` : ''}
  </p>`;
}

/** Ticks all leads of the list, or none: a link each, so that it works without a script. */
function ticks(pathOf: LeadsForm['pathOf']): Html {
  return html`<p class="soft">
    Tick <a href="${pathOf({ tick: 'all' })}">all</a> / <a href="${pathOf({ tick: 'none' })}">none</a>
  </p>`;
}

function box(leadId: string, name: string, isChosen: boolean): Html {
  return html`<label class="check"
    ><input type="checkbox" id="box-${leadId}" name="lead" value="${leadId}" ${isChosen ? 'checked' : ''} />
    <span class="hidden">Choose ${name}</span></label
  >`;
}

function leadLink(leadId: string, lead: LeadName): Html {
  const name = nameOf(lead);
  return html`<a href="/console/leads/${leadId}">${name}</a
    >${lead.company === null || lead.company === name ? '' : html` <span class="soft">${lead.company}</span>`}`;
}

/** The leads that were chosen in a form that was refused; null: it was not. */
function chosenIn(form: string, refused: Refused | null): ReadonlySet<string> | null {
  return refused?.form === form ? new Set(refused.valuesOf('lead')) : null;
}

/** Stands above the rows, and stays in sight while they are scrolled. */
function target(
  form: string,
  {
    reps: all,
    one,
    around,
    refused,
  }: { reps: readonly RepWithLeads[]; one: ListedRep | null; around: Around; refused: Refused | null },
): Html {
  const reps = all.filter(({ id }) => id !== one?.id);
  const ticked = refused?.form === form ? refused.valuesOf('among') : [];
  const among = takingLeads(reps).map((rep) => {
    const id = `${form}-among-${rep.key}`;
    return html`<label class="check"
      ><input type="checkbox" id="${id}" name="among" value="${rep.key}" ${ticked.includes(rep.key) ? 'checked' : ''} />
      ${repInWords(rep, around)}</label
    >`;
  });
  const { problem, select, input } = fieldsOfForm(form, refused, `${form}-`);
  const targets = { '': 'Choose a team or a rep', ...handOverTargets(reps, around) };
  return html`<input type="hidden" name="form" value="${form}" />
    ${problem}
    <div class="bar">
      <div>${select('to', 'Hand the chosen leads over to', targets)}</div>
      <div>${input('note', 'Note for the rep (optional)', { longest: 1000 })}</div>
      <button class="main">Hand over</button>
    </div>
    <details ${ticked.length > 0 ? 'open' : ''}>
      <summary>Or share them among several reps</summary>
      <p class="soft">
        Each lead goes to whose turn it is among those ticked who are here and have room. A lead that none of them can
        get stays where it is.
      </p>
      ${among}
    </details>
    ${WHAT_GOES_ALONG}`;
}
