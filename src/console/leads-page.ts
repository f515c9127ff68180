/** Finding a lead, the newest ones, and taking one in by hand. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { LONGEST_EMAIL, withAsciiDomain } from '../domain/email-address.ts';
import { type Scope, scopeOf } from '../domain/policy.ts';
import type { Fading } from '../domain/score.ts';
import { withWays } from '../steps/ways-asked.ts';
import { findLeads, LEAST_LETTERS, soughtIn } from '../store/lists/find-leads.ts';
import { type LeadFilter, type ListedLead, listLeads, listLeadsInOrder } from '../store/lists/leads.ts';
import { LEAD_ORDERS } from '../store/lists/lead-places.ts';
import { type ListedRep, listReps } from '../store/lists/reps.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import { fieldsOfForm, type Refused, refusedInWords, refusedOf } from './form-fields.ts';
import { csrfField, type Html, problem, sendPage } from './layout.ts';
import { filterForm, filterInWords, filterOf, type FilterWords, filterWordsOf, LEAD_LABELS } from './lead-filter.ts';
import { type AskedOrder, orderInWords, orderOf } from './lead-order.ts';
import { leadsTable } from './leads-table.ts';
import { sortWord } from './sort-links.ts';
import { headOf } from './navigation.ts';
import { newLeadForm, takeIn } from './new-lead.ts';
import { boardOf, requireAtAll, type Visitor, visitorOf } from './session.ts';
import { problemInWords, wrongField } from './wrong.ts';

const LEADS_SHOWN = 50;

export function leadsPage(router: Router, deps: ConsoleDeps): void {
  const { store, settings } = deps;
  const send = (
    response: Response,
    visitor: Visitor,
    title: string,
    content: Html,
    wrong: string | null,
    status = wrong === null ? 200 : 400,
  ) => {
    const frame = { title, companyName: settings.organization.companyName, who: headOf(visitor) };
    return sendPage(response, status, frame, html`${problem(wrong)}${content}`);
  };

  async function showList(
    request: Request,
    response: Response,
    visitor: Visitor,
    unfound: { status: number; refused: Refused } | null,
  ) {
    const scope = scopeOf(requireAtAll(visitor, 'see-lead'), 'see-lead') ?? { kind: 'rep', repId: '', teams: [] };
    const words = filterWordsOf(request);
    const { filter, refused } = filterOrAll(words);
    const { scoring } = store.rules.current().playbook;
    const asked = orderOf(request, LEAD_ORDERS, store.realNow());
    const ways = await withWays(store.db, filter, store.rules.current().cadences);
    const { leads, next } = await pageOf({ scope, filter: ways, fading: scoring }, asked);
    const pathOf = (more: Readonly<Record<string, string>>): string =>
      `/console/leads?${new URLSearchParams({ ...words, ...more }).toString()}`;
    const sorted = {
      now: asked.sorting,
      pathOf: (sort: string) => pathOf({ sort }),
      fading: scoring,
      nowMs: asked.atMs,
    };
    const inWords = filterInWords(words);
    const content = html`<p><a href="/console/leads/new">Take a lead in by hand</a></p>
      ${findForm(visitor.csrf, unfound?.refused ?? null)}${filterForm(words, [...store.rules.current().cadences.keys()].toSorted(), await repsSeen(visitor))}
      ${inWords === null ? '' : html`<p>${inWords}</p>`}
      <p class="soft small">
        ${orderInWords(asked.sorting)}${
          asked.sorting.by === 'newest' ? '' : html` <a href="${pathOf({})}">Show the newest first</a>`
        }
      </p>
      ${leadsTable(leads, visitor.zone, sorted)}
      ${next === null ? '' : html`<p><a href="${pathOf(next)}">${asked.sorting.by === 'newest' ? 'Older leads' : 'More leads'}</a></p>`}`;
    const wrong = refused && problemInWords(refused, LEAD_LABELS);
    await send(response, visitor, 'Leads', content, wrong, unfound?.status);
  }

  /** A page of the list, and what the address of the next one asks for; null: there is none. */
  async function pageOf(
    { scope, filter, fading }: { scope: Scope; filter: LeadFilter; fading: Fading },
    { sorting, after, atMs }: AskedOrder<(typeof LEAD_ORDERS)[number]>,
  ): Promise<{ leads: readonly ListedLead[]; next: Record<string, string> | null }> {
    const count = LEADS_SHOWN + 1;
    const { by, down } = sorting;
    if (by === 'newest') {
      const rows = await listLeads(store.db, scope, filter, after?.id ?? null, count);
      const last = rows.length === count ? rows[LEADS_SHOWN - 1] : undefined;
      return { leads: rows.slice(0, LEADS_SHOWN), next: last === undefined ? null : { after: last.id } };
    }
    const rows = await listLeadsInOrder(store.db, scope, filter, { by, down, atMs, fading }, after, count);
    const last = rows.length === count ? rows[LEADS_SHOWN - 1] : undefined;
    const next = last && { sort: sortWord(sorting), after: last.id, value: String(last.value), at: String(atMs) };
    return { leads: rows.slice(0, LEADS_SHOWN), next: next ?? null };
  }

  /** Whose leads the visitor may narrow the list to: those of their teams; nobody's for who sees their own leads alone. */
  async function repsSeen(visitor: Visitor): Promise<readonly ListedRep[]> {
    const scope = boardOf(visitor);
    if (scope === null) return [];
    const reps = await listReps(store.db);
    return reps.filter(({ teams }) => scope.kind === 'all' || teams.some((key) => scope.teams.includes(key)));
  }

  /** All leads, and what is wrong, when the address asks for what cannot be. */
  function filterOrAll(words: FilterWords): { filter: LeadFilter; refused: AppError | null } {
    try {
      const zone = store.rules.current().playbook.defaultTimeZone;
      return { filter: filterOf(words, { now: new Date(store.realNow()), zone }), refused: null };
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { filter: {}, refused: error };
    }
  }

  router.get('/leads', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor !== null) await showList(request, response, visitor, null);
  });

  // What is sought is sent in the body: every proxy on the way would log it in a URL.
  router.post('/leads/find', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const scope = scopeOf(requireAtAll(visitor, 'see-lead'), 'see-lead');
    const sought = field(request, 'sought', LONGEST_EMAIL);
    const refused = (message: string) => refusedOf('find', request, wrongField('sought', message));
    if (soughtIn(sought).length < LEAST_LETTERS)
      return showList(request, response, visitor, {
        status: 400,
        refused: refused(`Write at least ${LEAST_LETTERS} letters or digits.`),
      });
    const [exact] =
      scope === null || !sought.includes('@')
        ? []
        : await listLeads(store.db, scope, { email: withAsciiDomain(sought.toLowerCase()) }, null, 1);
    if (exact !== undefined) return response.redirect(303, `/console/leads/${exact.id}`);
    const found = scope === null ? [] : await findLeads(store.db, scope, sought, LEADS_SHOWN);
    const [only] = found;
    if (only !== undefined && found.length === 1) return response.redirect(303, `/console/leads/${only.id}`);
    if (only === undefined)
      return showList(request, response, visitor, {
        status: 404,
        refused: refused('No lead that you may see has this in its name, company, address or phone.'),
      });
    const shown = found.slice(0, LEADS_SHOWN);
    const content = html`${findForm(visitor.csrf, refusedOf('find', request, new AppError('VALIDATION_FAILED', '')))}
      <h2>
        ${found.length > LEADS_SHOWN ? `The first ${LEADS_SHOWN} that were found: write more of it for fewer` : `Found (${found.length})`}
      </h2>
      ${leadsTable(shown, visitor.zone)}
      <p><a href="/console/leads">All leads</a></p>`;
    await send(response, visitor, 'Leads', content, null);
  });

  router.get('/leads/new', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    requireAtAll(visitor, 'vouch');
    await send(response, visitor, 'New lead', newLeadForm(visitor, store.rules.current().playbook, null), null);
  });

  router.post('/leads', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    try {
      const taken = await takeIn(deps, visitor, request);
      if (typeof taken === 'string') return response.redirect(303, taken);
      const asked = refusedOf('new-lead', request, wrongField('person', taken.message));
      const form = newLeadForm(visitor, store.rules.current().playbook, asked, taken.choices);
      await send(response, visitor, 'New lead', form, taken.message);
    } catch (error) {
      if (!isAppError(error) || ERROR_CODES[error.code].status >= 500 || error.code === 'FORBIDDEN') throw error;
      const refused = refusedOf('new-lead', request, error);
      const form = newLeadForm(visitor, store.rules.current().playbook, refused);
      await send(response, visitor, 'New lead', form, refusedInWords(refused), ERROR_CODES[error.code].status);
    }
  });
}

function findForm(csrf: string, refused: Refused | null): Html {
  const fields = fieldsOfForm('find', refused);
  return html`<form class="card" method="post" action="/console/leads/find">
    ${csrfField(csrf)}
    ${fields.input('sought', 'Find a lead by a part of its name, company, address or phone', { required: true, longest: LONGEST_EMAIL })}<button>
      Find
    </button>
  </form>`;
}
