import { z } from 'zod';
import { DIMENSIONS, DIMENSION_KEYS, FILTER_KEYS } from '../../reports/dimensions.ts';
import { type AskWords, readAsk, refuseBy } from '../../reports/ask.ts';
import { withFirstDay } from '../../reports/period-choices.ts';
import { csvName, toCsv } from '../../reports/csv.ts';
import { toJson } from '../../reports/json.ts';
import { currencyOf } from '../../reports/money.ts';
import { answer } from '../../reports/answer.ts';
import { leadIdsBehind, leadPlacesBehind } from '../../reports/read.ts';
import { REPORTS, reportNamed } from '../../reports/registry.ts';
import type { Asked, Report, Section } from '../../reports/report.ts';
import { AppError } from '../../domain/errors.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { LeadPlace } from '../../store/lists/lead-places.ts';
import { type ListedLead, readListedLeads } from '../../store/lists/leads.ts';
import { scopeFor } from '../access.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { LEAD_SORT, leadOrderCursor, readLeadOrder } from '../lead-order.ts';
import { answerPage, idCursor, PAGE_QUERY, readIdCursor } from '../page.ts';
import { bytes, json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { text } from '../schemas/common.ts';
import { LeadPage } from '../schemas/lead.ts';
import { leadSummary } from '../views/lead.ts';

const UNITS = ['text', 'count', 'share', 'money', 'seconds', 'day'] as const;
const CellView = z.union([z.string(), z.number()]).nullable();

const ColumnView = z.object({
  key: z.string(),
  title: z.string(),
  unit: z
    .enum(UNITS)
    .meta({ description: 'share: 0 to 1; money: minor units of `currency`; seconds: a length of time' }),
  definition: z.string().nullable(),
  hasLeads: z.boolean().meta({ description: 'GET /v1/reports/{report}/leads lists the leads behind it' }),
  period: z
    .enum(['week', 'month'])
    .optional()
    .meta({ description: 'A day of the column stands for the week or month that it begins' }),
});
const RowView = z.object({
  cells: z.record(z.string(), CellView),
  group: z.string().nullable().optional().meta({ description: 'The value that the row is about; null: not known' }),
  figure: z
    .string()
    .optional()
    .meta({ description: 'The figure whose leads are behind the row, where it is not that of the column' }),
  rowKey: z.string().optional().meta({ description: 'What names the row: its figures are then COLUMN|ROWKEY' }),
  isPartial: z
    .boolean()
    .optional()
    .meta({ description: 'The row is of a week or month of which the period has a part' }),
});
const SectionView = z
  .object({
    key: z.string(),
    title: z.string(),
    columns: z.array(ColumnView),
    rows: z.array(RowView),
    total: RowView.nullable(),
    notes: z.array(z.string()),
  })
  .meta({ id: 'ReportSection' });

const ReportView = z
  .object({
    report: z.string(),
    title: z.string(),
    question: z.string(),
    since: z.iso.date().meta({ description: 'First day, in `zone`' }),
    until: z.iso.date().meta({ description: 'Last day' }),
    zone: z.string(),
    by: z.enum(DIMENSION_KEYS),
    currency: z.string(),
    asOf: z.iso.datetime().meta({ description: 'The instant of all figures' }),
    kept: z.boolean().meta({ description: 'Counted before this request: `fresh=true` counts anew' }),
    sections: z.array(SectionView),
  })
  .meta({ id: 'Report' });

const ASK = {
  since: text(10).optional().meta({
    description: 'First day, days back (90d is the default), or `all`: from the first need or cost on',
    example: '2026-01-01',
  }),
  until: text(10).optional().meta({ description: 'Last day; without it today', example: '2026-03-31' }),
  by: text(40).optional().meta({ description: 'What the rows are: see GET /v1/reports' }),
  segment: text(100).optional().meta({ description: 'Only leads that are in this segment now' }),
  ...Object.fromEntries(
    FILTER_KEYS.map((key) => [
      key,
      text(200)
        .optional()
        .meta({ description: `Only this ${DIMENSIONS[key].title.toLowerCase()}` }),
    ]),
  ),
};
const NAMED = z.object({ report: text(100) });

export function reportRoutes({ store }: ApiDeps): Route[] {
  const { db, realNow } = store;

  async function askedBy(caller: Caller, report: Report, words: AskWords, playbook: Playbook): Promise<Asked> {
    const realNowMs = realNow();
    const known = await withFirstDay(db, words, { now: new Date(realNowMs), zone: playbook.defaultTimeZone });
    return readAsk(report, known, { scope: scopeFor(caller, 'see-reports'), playbook, realNowMs });
  }

  return [
    route({
      method: 'get',
      path: '/v1/reports',
      tag: 'Reports',
      summary: 'The reports, and by what each can be split',
      access: 'see-reports',
      answers: {
        200: {
          description: 'In the order of the console',
          schema: z.object({
            items: z.array(
              z.object({
                report: z.string(),
                title: z.string(),
                question: z.string(),
                by: z.array(z.enum(DIMENSION_KEYS)).meta({ description: 'Empty: its rows are its own' }),
              }),
            ),
          }),
        },
      },
      handle: () =>
        Promise.resolve(
          json(200, {
            items: REPORTS.map((report) => {
              const { key, title, question } = report;
              return { report: key, title, question, by: [...dimensionsOf(report)] };
            }),
          }),
        ),
    }),
    route({
      method: 'get',
      path: '/v1/reports/:report',
      tag: 'Reports',
      summary: 'A report',
      description:
        'Counts the leads that the caller may see, in the organization’s time zone, as of one instant: `asOf`. What takes more than a second is kept, and renewed from time to time. What takes more than a minute is counted while nobody waits: REPORT_BEING_COUNTED says how long that takes.',
      access: 'see-reports',
      params: NAMED,
      query: z.strictObject({
        ...ASK,
        format: z.enum(['json', 'csv']).default('json'),
        fresh: z.enum(['true']).optional().meta({ description: 'Counts now, though an answer is kept' }),
        section: text(100)
          .optional()
          .meta({ description: 'Of a report with several: the one that CSV has; the first without it' }),
      }),
      answers: {
        200: { description: 'The report, or with format=csv one section of it as text/csv', schema: ReportView },
      },
      problems: ['NOT_FOUND', 'REPORT_BEING_COUNTED'],
      async handle({ params, query: { format, section, fresh, ...words }, caller, rules: { playbook } }) {
        const report = reportNamed(params.report);
        refuseBy(report, words.by, REPORTS);
        const asked = await askedBy(caller, report, words, playbook);
        const answered = await answer(store, report, asked, { fresh: fresh === 'true' });
        const { sections, asOf } = answered;
        if (format === 'csv')
          return csvReply(report.key, sections, { section, currency: currencyOf(playbook), asked, asOf });
        const { title, question } = report;
        return json(200, { title, question, ...toJson(report, asked, answered, sections.map(sectionView)) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/reports/:report/leads',
      tag: 'Reports',
      summary: 'List the leads behind a figure, newest first or in another order',
      description: 'Those of now, also where the report has an `asOf` before it.',
      access: 'see-reports',
      params: NAMED,
      query: z.strictObject({
        ...ASK,
        figure: text(600).meta({
          description:
            'The `figure` of the row; without one the key of the column, with `|` and the `rowKey` of the row if it has one',
        }),
        group: z.string().max(200).optional().meta({ description: 'The `group` of the row; without it all rows' }),
        unknown: z.enum(['true']).optional().meta({ description: 'The row of which the group is not known' }),
        sort: LEAD_SORT,
        ...PAGE_QUERY,
      }),
      answers: { 200: { description: 'A page of leads', schema: LeadPage } },
      problems: ['NOT_FOUND'],
      async handle({
        params,
        query: { figure, group, unknown, sort, cursor, limit, ...words },
        caller,
        rules: { playbook },
      }) {
        const report = reportNamed(params.report);
        refuseBy(report, words.by, REPORTS);
        const asked = await askedBy(caller, report, words, playbook);
        const of = { figure, group: unknown === 'true' ? null : group };
        const { scoring: fading } = playbook;
        const show = (leads: readonly ListedLead[]) =>
          leads.map((lead) => leadSummary(lead, { realNowMs: asked.realNowMs, fading }));
        if (sort === 'newest') {
          const after = readIdCursor(cursor);
          return answerPage({
            limit,
            read: async (count) =>
              readListedLeads(db, await foundOrRefuse(leadIdsBehind(db, report, asked, of, after, count))),
            endOf: ({ id: last }) => idCursor(last),
            show,
          });
        }
        const order = readLeadOrder(sort, cursor, { nowMs: asked.realNowMs, fading });
        return answerPage({
          limit,
          read: async (count) => {
            const places = await foundOrRefuse(leadPlacesBehind(db, report, asked, of, order, order.after, count));
            return inTheirOrder(
              places,
              await readListedLeads(
                db,
                places.map(({ id }) => id),
              ),
            );
          },
          endOf: (last) => leadOrderCursor(sort, last, order),
          show,
        });
      },
    }),
  ];
}

function dimensionsOf({ by, takes }: Report): Report['by'] | readonly [] {
  return takes?.by === false ? [] : by;
}

function inTheirOrder(places: readonly LeadPlace[], leads: readonly ListedLead[]): (ListedLead & LeadPlace)[] {
  const byId = new Map(leads.map((lead) => [lead.id, lead]));
  return places.flatMap(({ id, value }) => {
    const lead = byId.get(id);
    return lead === undefined ? [] : [{ ...lead, value }];
  });
}

/** @throws AppError NOT_FOUND */
async function foundOrRefuse<T>(read: Promise<T[] | null>): Promise<T[]> {
  const found = await read;
  if (found === null)
    throw new AppError('NOT_FOUND', 'The report has no such figure, or the figure has no leads of its own');
  return found;
}

/** @throws AppError NOT_FOUND */
function csvReply(
  report: string,
  sections: readonly Section[],
  {
    section: named,
    currency,
    asked,
    asOf,
  }: { section: string | undefined; currency: string; asked: Asked; asOf: Date },
) {
  const section = named === undefined ? sections[0] : sections.find(({ key }) => key === named);
  if (section === undefined)
    throw new AppError(
      'NOT_FOUND',
      `The report has no such section; there are: ${sections.map(({ key }) => key).join(', ')}`,
    );
  const headers = { 'Content-Disposition': `attachment; filename="${csvName(report, section.key, asked)}"` };
  return bytes(200, 'text/csv; charset=utf-8', Buffer.from(toCsv(section, currency, asked, asOf)), headers);
}

function sectionView({ columns, total, chart: _chart, none, ...section }: Section): z.input<typeof SectionView> {
  return {
    ...section,
    notes: [...(none === undefined ? [] : [none]), ...section.notes],
    rows: section.rows.map((row) => ({ ...row, cells: { ...row.cells } })),
    columns: columns.map(({ definition, hasLeads, sort: _sort, ...column }) => ({
      ...column,
      definition: definition ?? null,
      hasLeads: hasLeads ?? false,
    })),
    total: total === undefined ? null : { ...total, cells: { ...total.cells } },
  };
}
