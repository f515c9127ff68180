/** Finding a lead, the newest ones, and taking one in by hand. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { withAsciiDomain } from '../domain/email-address.ts';
import { scopeOf } from '../domain/policy.ts';
import { type LeadFilter, listLeads } from '../store/lists/leads.ts';
import type { ConsoleDeps } from './deps.ts';
import { field, written } from './fields.ts';
import { csrfField, type Html, problem, sendPage } from './layout.ts';
import { filterForm, filterInWords, filterOf, type FilterWords, filterWordsOf } from './lead-filter.ts';
import { leadsTable } from './leads-table.ts';
import { headOf } from './navigation.ts';
import { newLeadForm, takeIn } from './new-lead.ts';
import { requireAtAll, type Visitor, visitorOf } from './session.ts';

const LEADS_SHOWN = 50;

export function leadsPage(router: Router, deps: ConsoleDeps): void {
  const { store, settings } = deps;
  const send = (response: Response, visitor: Visitor, title: string, content: Html, wrong: AppError | null) => {
    const frame = { title, companyName: settings.organization.companyName, who: headOf(visitor) };
    const status = wrong === null ? 200 : ERROR_CODES[wrong.code].status;
    return sendPage(response, status, frame, html`${problem(wrong?.message ?? null)}${content}`);
  };

  async function showList(request: Request, response: Response, visitor: Visitor, wrong: AppError | null) {
    const scope = scopeOf(requireAtAll(visitor, 'see-lead'), 'see-lead') ?? { kind: 'rep', repId: '', teams: [] };
    const { after } = request.query;
    const words = filterWordsOf(request);
    const { filter, refused } = filterOrAll(words);
    const from = typeof after === 'string' && /^lead-[0-9a-f]{32}$/.test(after) ? after : null;
    const rows = await listLeads(store.db, scope, filter, from, LEADS_SHOWN + 1);
    const shown = rows.slice(0, LEADS_SHOWN);
    const last = rows.length > LEADS_SHOWN ? (shown.at(-1)?.id ?? null) : null;
    const older = new URLSearchParams({ ...words, after: last ?? '' }).toString();
    const inWords = filterInWords(words);
    const content = html`<p><a href="/console/leads/new">Take a lead in by hand</a></p>
      ${findForm(visitor.csrf)}${filterForm(words, [...store.rules.current().cadences.keys()].toSorted())}
      ${inWords === null ? '' : html`<p>${inWords}</p>`}${leadsTable(shown, visitor.zone)}
      ${last === null ? '' : html`<p><a href="/console/leads?${older}">Older leads</a></p>`}`;
    await send(response, visitor, 'Leads', content, wrong ?? refused);
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

  // The address is sent in the body: every proxy on the way would log it in a URL.
  router.post('/leads/find', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const scope = scopeOf(requireAtAll(visitor, 'see-lead'), 'see-lead');
    const email = withAsciiDomain(field(request, 'email').toLowerCase());
    const [found] = scope === null ? [] : await listLeads(store.db, scope, { email }, null, 1);
    if (found !== undefined) return response.redirect(303, `/console/leads/${found.id}`);
    const none = new AppError('LEAD_UNKNOWN', 'No lead that you may see has this address.');
    await showList(request, response, visitor, none);
  });

  router.get('/leads/new', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    requireAtAll(visitor, 'vouch');
    await send(
      response,
      visitor,
      'New lead',
      newLeadForm(visitor, () => ''),
      null,
    );
  });

  router.post('/leads', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    try {
      response.redirect(303, await takeIn(deps, visitor, request));
    } catch (error) {
      if (!isAppError(error) || ERROR_CODES[error.code].status >= 500 || error.code === 'FORBIDDEN') throw error;
      const form = newLeadForm(visitor, (name) => written(request, name));
      await send(response, visitor, 'New lead', form, error);
    }
  });
}

function findForm(csrf: string): Html {
  return html`<form class="card" method="post" action="/console/leads/find">
    ${csrfField(csrf)} <label for="find">Find a lead by its mail address</label
    ><input id="find" name="email" type="email" required maxlength="254" /><button>Find</button>
  </form>`;
}
