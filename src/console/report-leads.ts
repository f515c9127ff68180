/** The leads behind a figure of a report. */
import type { Router } from 'express';
import { html } from 'hono/html';
import { countOf } from '../domain/count-of.ts';
import { AppError } from '../domain/errors.ts';
import { readAsk } from '../reports/ask.ts';
import { type Behind, countBehind, leadIdsBehind } from '../reports/read.ts';
import { reportNamed } from '../reports/registry.ts';
import { asOfInWords } from '../reports/words.ts';
import { readListedLeads } from '../store/lists/leads.ts';
import type { ConsoleDeps } from './deps.ts';
import { sendPage } from './layout.ts';
import { leadsTable } from './leads-table.ts';
import { headOf } from './navigation.ts';
import { linksOf, queryOf, reportAsker, wordsOf } from './report-words.ts';
import { visitorOf } from './session.ts';

const LEADS_SHOWN = 100;

export function reportLeadsPage(router: Router, { store, settings }: ConsoleDeps): void {
  router.get('/reports/:report/leads', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const report = reportNamed(request.params['report']);
    const words = wordsOf(request);
    const asked = readAsk(report, words, reportAsker(store, visitor));
    const [figure, group, after] = ['figure', 'group', 'after'].map((name) => queryOf(request, name));
    const of = { figure: figure ?? '', group: queryOf(request, 'unknown') === 'true' ? null : group };
    const behind = await countBehind(store.db, report, asked, of);
    const ids = await leadIdsBehind(store.db, report, asked, of, after ?? null, LEADS_SHOWN + 1);
    if (ids === null || behind === null) throw new AppError('NOT_FOUND', 'There is no such page.');
    const leads = await readListedLeads(store.db, ids.slice(0, LEADS_SHOWN));
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    query.set('after', ids[LEADS_SHOWN - 1] ?? '');
    const content = html`<p><a href="${linksOf(report, words).page}">Back to ${report.title}</a></p>
      <p>
        ${behindInWords(behind)}
        ${asOfInWords({ asOf: new Date(asked.realNowMs), isKept: false }, asked.zone, asked.realNowMs)}
      </p>
      ${leadsTable(leads, visitor.zone)}
      ${ids.length > LEADS_SHOWN ? html`<p><a href="/console/reports/${report.key}/leads?${query.toString()}">Older leads</a></p>` : ''}`;
    await sendPage(
      response,
      200,
      {
        title: `${report.title}: the leads`,
        under: 'Reports',
        companyName: settings.organization.companyName,
        who: headOf(visitor),
      },
      content,
    );
  });
}

/** "12 leads."; more than one to a lead is said. */
function behindInWords({ counted, leads }: Behind): string {
  const all = `${countOf(leads, 'lead')}.`;
  return counted === leads ? all : `${all} The figure counts ${counted}: some of them more than once.`;
}
