/** Finding a lead, the newest ones, and taking one in by hand. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { withAsciiDomain } from '../domain/email-address.ts';
import { scopeOf } from '../domain/policy.ts';
import { STAGES, type Stage } from '../domain/stage.ts';
import { listLeads } from '../store/lists/leads.ts';
import type { ConsoleDeps } from './deps.ts';
import { field, written } from './fields.ts';
import { csrfField, type Html, problem, sendPage } from './layout.ts';
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
    const { stage: asked, after } = request.query;
    const stage = STAGES.find((one) => one === asked);
    const from = typeof after === 'string' && /^lead-[0-9a-f]{32}$/.test(after) ? after : null;
    const filter = stage === undefined ? {} : { stage };
    const rows = await listLeads(store.db, scope, filter, from, LEADS_SHOWN + 1);
    const shown = rows.slice(0, LEADS_SHOWN);
    const last = rows.length > LEADS_SHOWN ? (shown.at(-1)?.id ?? null) : null;
    const older = `/console/leads?${stage === undefined ? '' : `stage=${stage}&`}after=${last ?? ''}`;
    const content = html`<p><a href="/console/leads/new">Take a lead in by hand</a></p>
      ${findForm(visitor.csrf)}${stageForm(stage)}${leadsTable(shown, visitor.zone)}
      ${last === null ? '' : html`<p><a href="${older}">Older leads</a></p>`}`;
    await send(response, visitor, 'Leads', content, wrong);
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

function stageForm(chosen: Stage | undefined): Html {
  return html`<form class="card" method="get" action="/console/leads">
    <label for="stage">Stage</label
    ><select id="stage" name="stage">
      <option value="">All</option>
      ${STAGES.map((stage) => (stage === chosen ? html`<option selected>${stage}</option>` : html`<option>${stage}</option>`))}
    </select>
    <button>Show</button>
  </form>`;
}
