/** The leads behind a figure of a report. */
import type { Router } from 'express';
import { html } from 'hono/html';
import { countOf } from '../domain/count-of.ts';
import { AppError } from '../domain/errors.ts';
import type { Fading } from '../domain/score.ts';
import { readAsk } from '../reports/ask.ts';
import { amountSql } from '../reports/money.ts';
import { type Behind, countBehind, leadIdsBehind, leadPlacesBehind } from '../reports/read.ts';
import { reportNamed } from '../reports/registry.ts';
import type { Asked, Report } from '../reports/report.ts';
import { asOfInWords, inWords } from '../reports/words.ts';
import { LEAD_ORDERS } from '../store/lists/lead-places.ts';
import { readListedLeads } from '../store/lists/leads.ts';
import type { ConsoleDeps } from './deps.ts';
import { sendPage } from './layout.ts';
import { type AskedOrder, orderInWords, orderOf } from './lead-order.ts';
import { leadsTable, MONEY_ORDERS } from './leads-table.ts';
import { headOf } from './navigation.ts';
import { linkOnPaper } from './report-parts.ts';
import { linksOf, queryOf, reportAsker, wordsOf } from './report-words.ts';
import { visitorOf } from './session.ts';
import { sortWord } from './sort-links.ts';

const LEADS_SHOWN = 100;

const REPORT_ORDERS = [...LEAD_ORDERS, ...MONEY_ORDERS] as const;
type ReportOrder = (typeof REPORT_ORDERS)[number];

export function reportLeadsPage(router: Router, { store, settings }: ConsoleDeps): void {
  /** Ids of a page of the list, and what the address of the next one asks for; null: the figure has no leads. */
  async function pageOf(
    report: Report,
    asked: Asked,
    of: { figure: string; group: string | null | undefined },
    { sorting, after, atMs }: AskedOrder<ReportOrder>,
    fading: Fading,
  ): Promise<{ ids: string[]; next: Record<string, string> | null } | null> {
    const { by, down } = sorting;
    const count = LEADS_SHOWN + 1;
    if (by === 'newest') {
      const ids = await leadIdsBehind(store.db, report, asked, of, after?.id ?? null, count);
      const last = ids?.length === count ? ids[LEADS_SHOWN - 1] : undefined;
      return ids && { ids: ids.slice(0, LEADS_SHOWN), next: last === undefined ? null : { after: last } };
    }
    const order =
      by === 'value' || by === 'orders' ? { amount: amountSql(by, asked.playbook), down } : { by, down, atMs, fading };
    const places = await leadPlacesBehind(store.db, report, asked, of, order, after, count);
    const last = places?.length === count ? places[LEADS_SHOWN - 1] : undefined;
    const next = last && { sort: sortWord(sorting), after: last.id, value: String(last.value), at: String(atMs) };
    return places && { ids: places.slice(0, LEADS_SHOWN).map(({ id }) => id), next: next ?? null };
  }

  router.get('/reports/:report/leads', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const report = reportNamed(request.params['report']);
    const words = wordsOf(request);
    const asked = readAsk(report, words, reportAsker(store, visitor));
    const [figure, group] = ['figure', 'group'].map((name) => queryOf(request, name));
    const of = { figure: figure ?? '', group: queryOf(request, 'unknown') === 'true' ? null : group };
    const behind = await countBehind(store.db, report, asked, of);
    const { scoring } = asked.playbook;
    const order = orderOf(request, REPORT_ORDERS, asked.realNowMs);
    const page = await pageOf(report, asked, of, order, scoring);
    if (page === null || behind === null) throw new AppError('NOT_FOUND', 'There is no such page.');
    const leads = await readListedLeads(store.db, page.ids);
    const byId = new Map(leads.map((lead) => [lead.id, lead]));
    const pathOf = (more: Readonly<Record<string, string>>): string => {
      const query = new URLSearchParams(request.url.split('?')[1] ?? '');
      for (const name of ['after', 'sort', 'value', 'at']) query.delete(name);
      for (const [name, value] of Object.entries(more)) query.set(name, value);
      return `/console/reports/${report.key}/leads?${query.toString()}`;
    };
    const sorted = {
      now: order.sorting,
      pathOf: (sort: string) => pathOf({ sort }),
      fading: scoring,
      nowMs: order.atMs,
      hasMoney: true as const,
    };
    const content = html`<p class="screen"><a href="${linksOf(report, words).page}">Back to ${report.title}</a></p>
      ${linkOnPaper(settings.publicUrl, linksOf(report, words).leads(of.figure, of.group))}
      <p>
        ${behindInWords(behind)}
        ${asked.scope.kind === 'all' ? '' : 'Leads that are not yours any more are counted in figures, and not listed.'}
        ${asOfInWords({ asOf: new Date(asked.realNowMs), isKept: false }, asked.zone, asked.realNowMs)}
      </p>
      <p class="soft small">
        ${orderInWords(order.sorting)}${
          order.sorting.by === 'newest' ? '' : html` <a class="screen" href="${pathOf({})}">Show the newest first</a>`
        }
      </p>
      ${leadsTable(
        page.ids.flatMap((id) => byId.get(id) ?? []),
        visitor.zone,
        sorted,
      )}
      ${page.next === null ? '' : html`<p class="screen"><a href="${pathOf(page.next)}">${order.sorting.by === 'newest' ? 'Older leads' : 'More leads'}</a></p>`}`;
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
  const all = `${countOf(leads, 'lead', inWords(leads, 'count', ''))}.`;
  return counted === leads
    ? all
    : `${all} The figure counts ${inWords(counted, 'count', '')}: some of them more than once.`;
}
