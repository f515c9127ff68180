/** The parts of a manager's board. */
import { html } from 'hono/html';
import { newId } from '../domain/ids.ts';
import { tiesOfRep } from '../domain/policy.ts';
import { formatForPeople } from '../domain/schedule.ts';
import type { AttentionRow } from '../store/lists/attention.ts';
import type { BoardLead, RepLoad, Response, StandsOut } from '../store/lists/board.ts';
import type { LeadName } from '../store/lists/lead-names.ts';
import type { ListedRep } from '../store/lists/reps.ts';
import { WHAT_GOES_ALONG } from './hand-over.ts';
import { csrfField, type Html } from './layout.ts';
import { mayWith, type Visitor } from './session.ts';
import { durationInWords, moneyInWords, nameOf } from './words.ts';

export interface Colleague {
  rep: ListedRep;
  load: RepLoad | null;
  response: Response | null;
}

const STANDS_OUT: Readonly<Record<StandsOut, string>> = {
  'no-decision': 'no decision in time',
  'late-answer': 'reply not answered in time',
  'late-contact': 'not contacted in time',
  'step-overdue': 'next step overdue',
  stuck: 'nothing happens',
  'no-step': 'no next step',
};

/** Leads that nobody has: sent back to a manager, or nobody can take them. */
/** What is known of the leads that wait, beside their rows. */
interface Waiting {
  /** Why each waits, in the order of the rows. */
  because: readonly string[];
  names: ReadonlyMap<string, LeadName>;
  visitor: Visitor;
  reps: readonly ListedRep[];
}

const NAMELESS: LeadName = { firstName: null, lastName: null, company: null };

export function queuePart(waiting: readonly AttentionRow[], { because, names, visitor, reps }: Waiting): Html {
  const rows = waiting.map(({ leadId, since }, n) => {
    const name = nameOf(names.get(leadId ?? '') ?? NAMELESS);
    return html`<li>
      <label class="check"
        ><input type="checkbox" name="lead" value="${leadId}" /> <span class="hidden">Choose ${name}</span></label
      >
      <a href="/console/leads/${leadId}">${name}</a> since ${formatForPeople(since.getTime(), visitor.zone)}
      <span class="soft">${because[n]}</span>
    </li>`;
  });
  return html`<section>
    <h2>Waiting for somebody (${waiting.length})</h2>
    ${
      waiting.length === 0
        ? html`<p class="soft">Every lead has a rep.</p>`
        : html`<form class="card" method="post" action="/console/board/hand-over">
            ${csrfField(visitor.csrf)} <input type="hidden" name="once" value="${newId('command')}" />
            <ul class="plain">
              ${rows}
            </ul>
            ${target('queue', reps)}
          </form>`
    }
  </section>`;
}

interface LeadsForm {
  visitor: Visitor;
  reps: readonly ListedRep[];
  /** Whose leads are shown; null: those that stand out. */
  one: ListedRep | null;
  leads: readonly BoardLead[];
}

/** Leads with a box each, and whom they are handed over to. Those of one rep are chosen already. */
export function leadsForm({ visitor, reps, one, leads }: LeadsForm): Html {
  const names = new Map(reps.map(({ id, name }) => [id, name]));
  const rows = leads.map(
    (lead) =>
      html`<tr>
        <td>
          <label class="check"
            ><input type="checkbox" name="lead" value="${lead.leadId}" ${one === null ? '' : 'checked'} />
            <span class="hidden">Choose ${nameOf(lead)}</span></label
          >
        </td>
        <td><a href="/console/leads/${lead.leadId}">${nameOf(lead)}</a></td>
        <td>${names.get(lead.repId) ?? ''}</td>
        <td>
          ${lead.stage}, grade
          ${lead.fitGrade}${lead.valueMinor === null ? '' : html`, ${moneyInWords(lead.valueMinor, lead.currency)}`}
        </td>
        <td>
          ${lead.standsOut === null ? '' : html`<span class="badge late">${STANDS_OUT[lead.standsOut]}</span> `}${lead.nextStep ?? ''}
          ${lead.dueAt === null ? '' : html`<span class="soft">${formatForPeople(lead.dueAt.getTime(), visitor.zone)}</span>`}
        </td>
      </tr>`,
  );
  return html`<section>
    <h2>${one === null ? html`Standing out (${leads.length})` : html`Open leads (${leads.length})`}</h2>
    ${
      leads.length === 0
        ? html`<p class="soft">
            ${one === null ? 'Every lead has a next step with a date, and none is overdue.' : 'This rep has no open lead.'}
          </p>`
        : html`<form class="card" method="post" action="/console/board/hand-over">
            ${csrfField(visitor.csrf)} <input type="hidden" name="once" value="${newId('command')}" />
            <div class="wide" tabindex="0" role="region" aria-label="Leads">
              <table>
                <thead>
                  <tr>
                    <th scope="col"><span class="hidden">Choose</span></th>
                    <th scope="col">Lead</th>
                    <th scope="col">Rep</th>
                    <th scope="col">Stage</th>
                    <th scope="col">Next</th>
                  </tr>
                </thead>
                <tbody>
                  ${rows}
                </tbody>
              </table>
            </div>
            ${target('leads', one === null ? reps : reps.filter(({ id }) => id !== one.id))}
          </form>`
    }
  </section>`;
}

function target(id: string, reps: readonly ListedRep[]): Html {
  const able = reps.filter(({ active, teams }) => active && teams.length > 0);
  const teams = [...new Set(able.flatMap((rep) => rep.teams))].toSorted();
  return html`<label for="to-${id}">Hand the chosen leads over to</label
    ><select id="to-${id}" name="to" required>
      <option value="">Choose a team or a rep</option>
      ${teams.map((team) => html`<option value="team:${team}">Team ${team}: whose turn it is</option>`)}
      ${able.map(({ key, name, away }) => html`<option value="rep:${key}">${name}${away === null ? '' : ' (away)'}</option>`)}
    </select>
    <label for="note-${id}">Note for the rep (optional)</label><input id="note-${id}" name="note" maxlength="1000" />
    ${WHAT_GOES_ALONG}
    <button class="main">Hand over</button>`;
}

/** `responses`: those of teams are told once, above their reps. */
export function teamPart(team: readonly Colleague[], responses: readonly Response[], visitor: Visitor): Html {
  const teams = new Set(team.flatMap(({ rep }) => rep.teams));
  const ofTeams = responses.filter((one) => one.team !== null && teams.has(one.team));
  return html`<section>
    <h2>Team (${team.length})</h2>
    ${ofTeams.map((one) => html`<p>Team ${one.team} decides in ${responseInWords(one)}.</p>`)}
    <div class="cards">${team.map((one) => colleague(one, visitor))}</div>
  </section>`;
}

function colleague({ rep, load, response }: Colleague, visitor: Visitor, inFull = false): Html {
  const late = load?.late ?? 0;
  const open = (load?.offered ?? 0) + (load?.accepted ?? 0);
  const limits = [
    rep.maxOpen === null ? null : `${rep.maxOpen} at once`,
    rep.maxPerDay === null ? null : `${rep.maxPerDay} in 24 hours`,
    rep.maxPerHour === null ? null : `${rep.maxPerHour} an hour`,
  ].filter((one) => one !== null);
  return html`<section class="card">
    <h3>${rep.name}</h3>
    <p>
      ${rep.teams.map((key) => html`<span class="badge">${key}</span> `)}
      ${rep.active ? '' : html`<span class="badge late">takes no leads</span>`}
      ${rep.maxOpen !== null && open >= rep.maxOpen ? html`<span class="badge late">at capacity</span>` : ''}
      ${rep.away === null ? '' : html`<span class="badge late">${awayInWords(rep.away, visitor.zone)}</span>`}
    </p>
    <dl>
      <dt>Open leads</dt>
      <dd>
        <a href="/console/board?rep=${encodeURIComponent(rep.key)}"
          >${open}<span class="hidden"> of ${rep.name}</span></a
        >
        (${load?.offered ?? 0} to decide on)
      </dd>
      <dt>Overdue</dt>
      <dd>${late === 0 ? '0' : html`<span class="badge late">${late}</span>`}</dd>
      <dt>Nothing happens</dt>
      <dd>${load?.stuck ?? 0}</dd>
      <dt>No next step</dt>
      <dd>${load?.noStep ?? 0}</dd>
      <dt>Share, limits</dt>
      <dd>${rep.weight}${limits.length === 0 ? ', no limit' : `, ${limits.join(', ')}`}</dd>
      <dt>Decides in</dt>
      <dd>${responseInWords(response)}</dd>
    </dl>
    ${
      inFull
        ? ''
        : html`<p>
            <a href="/console/board?rep=${encodeURIComponent(rep.key)}"
              >Leads, absence and limits<span class="hidden"> of ${rep.name}</span></a
            >
          </p>`
    }
  </section>`;
}

/** One rep: how much they have and how fast they are, and what a manager sets for them. */
export function repPart(one: Colleague, visitor: Visitor, reps: readonly ListedRep[]): Html {
  const may = mayWith(visitor, 'switch-rep', tiesOfRep(one.rep));
  return html`<div class="cards">
    ${colleague(one, visitor, true)}
    ${
      may
        ? html`<section class="card">
            <h2>Absence and limits</h2>
            ${stateForms(one.rep, visitor, reps)}
          </section>`
        : ''
    }
  </div>`;
}

function responseInWords(response: Response | null): string {
  if (response === null || response.median === null || response.p90 === null) return 'no offers in 30 days';
  const share = Math.round(100 * response.inTime);
  return `${durationInWords(response.median)} (median), ${durationInWords(response.p90)} (9 of 10), ${share} % in time`;
}

function awayInWords({ from, until, deputy }: NonNullable<ListedRep['away']>, zone: string): string {
  const day = (at: string): string => formatForPeople(Date.parse(at), zone);
  return `away from ${day(from)}${until === null ? '' : ` until ${day(until)}`}${deputy === null ? '' : `, deputy ${deputy}`}`;
}

function stateForms(rep: ListedRep, { csrf }: Visitor, reps: readonly ListedRep[]): Html {
  const action = `/console/board/reps/${rep.id}`;
  const deputies = reps.filter(({ id, active }) => active && id !== rep.id);
  const limit = (name: string, label: string, value: number | null): Html =>
    html`<label for="${name}-${rep.id}">${label}</label
      ><input id="${name}-${rep.id}" name="${name}" inputmode="numeric" pattern="[0-9]{1,5}" value="${value ?? ''}" />`;
  return html`<form method="post" action="${action}/away">
      ${csrfField(csrf)} <label for="from-${rep.id}">Away from</label
      ><input id="from-${rep.id}" name="from" type="date" required />
      <label for="until-${rep.id}">Back on (empty: not known)</label
      ><input id="until-${rep.id}" name="until" type="date" />
      <label for="deputy-${rep.id}">Deputy for leads the rep knows</label
      ><select id="deputy-${rep.id}" name="deputy">
        <option value="">None</option>
        ${deputies.map(({ key, name }) => html`<option value="${key}">${name}</option>`)}
      </select>
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
      ${csrfField(csrf)}${limit('weight', 'Share of the leads (1 to 20)', rep.weight)}
      ${limit('maxOpen', 'Leads at once (empty: no limit)', rep.maxOpen)}
      ${limit('maxPerDay', 'Offers in 24 hours', rep.maxPerDay)}${limit('maxPerHour', 'Offers an hour', rep.maxPerHour)}
      <button>Save limits of ${rep.name}</button>
    </form>
    <form method="post" action="${action}/active">
      ${csrfField(csrf)} <input type="hidden" name="active" value="${String(!rep.active)}" />
      <button>${rep.active ? 'Offer no leads to' : 'Offer leads again to'} ${rep.name}</button>
    </form>`;
}
