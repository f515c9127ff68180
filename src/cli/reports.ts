/** Reports in the terminal. Whoever reaches the database sees every lead. */
import Table from 'cli-table3';
import { AppError } from '../domain/errors.ts';
import { answer, KEEP_AFTER_MS } from '../reports/answer.ts';
import { type AskWords, readAsk, refuseBy } from '../reports/ask.ts';
import { FILTER_KEYS } from '../reports/dimensions.ts';
import { toJson } from '../reports/json.ts';
import { currencyOf } from '../reports/money.ts';
import { withFirstDay } from '../reports/period-choices.ts';
import { dayOf, lastDayOf } from '../reports/periods.ts';
import { REPORTS, reportNamed } from '../reports/registry.ts';
import type { Report, Section } from '../reports/report.ts';
import { pairedBars } from '../reports/paired-bars.ts';
import { sparkline } from '../reports/sparkline.ts';
import { unknownInWords, valuesOf } from '../reports/values.ts';
import { asOfInWords, cellInWords, inWords } from '../reports/words.ts';
import type { Config } from '../runtime/config.ts';
import type { Answer } from './command.ts';
import { publishedPlaybook } from './published-playbook.ts';
import { withDatabase } from './reach.ts';

export function reportList(): Promise<Answer> {
  const table = new Table({
    head: ['Report', 'Answers', 'By'],
    style: { head: [], border: [] },
    colWidths: [null, 44, 44],
    wordWrap: true,
  });
  const dimensions = ({ by, takes }: Report): readonly string[] => (takes?.by === false ? [] : by);
  for (const one of REPORTS) table.push([one.key, one.question, dimensions(one).join(', ') || '–']);
  const data = REPORTS.map((one) => ({
    report: one.key,
    title: one.title,
    question: one.question,
    by: dimensions(one),
  }));
  return Promise.resolve({ data, text: table.toString() });
}

/**
 * @param key Without one the list of reports
 * @param err Told of a value of `only` that none of the newest leads has
 * @throws AppError NOT_FOUND, VALIDATION_FAILED, PLAYBOOK_UNPUBLISHED
 */
export async function reportShow(
  config: Config,
  key: string | undefined,
  { only = [], fresh = false, ...asked }: AskWords & { only?: readonly string[]; fresh?: boolean },
  err: NodeJS.WritableStream = process.stderr,
): Promise<Answer> {
  if (key === undefined) return reportList();
  const report = reportNamed(key);
  refuseBy(report, asked.by, REPORTS, `--by ${asked.by}`);
  const words: AskWords = { ...asked, ...Object.fromEntries(only.map(filterOf)) };
  return withDatabase(config, async (db) => {
    const playbook = await publishedPlaybook(db);
    const now = new Date();
    const known = await withFirstDay(db, words, { now, zone: playbook.defaultTimeZone });
    const ask = readAsk(report, known, { scope: { kind: 'all' }, playbook, realNowMs: now.getTime() });
    if (only.length > 0)
      for (const sentence of unknownInWords(ask.filters, await valuesOf(db, ask))) err.write(`${sentence}\n`);
    const answered = await answer({ db, keepReportsAfterMs: KEEP_AFTER_MS }, report, ask, { fresh });
    const { sections, isKept } = answered;
    const currency = currencyOf(playbook);
    const since = dayOf(ask.since, ask.zone);
    const until = lastDayOf(ask);
    return {
      data: toJson(report, ask, answered, sections),
      text: [
        // Of everybody who is known no first day is meant.
        report.since !== undefined && words.since === undefined
          ? `${report.question} As of ${until}, ${ask.zone}: everybody who came in until then.`
          : `${report.question} ${since} to ${until}, ${ask.zone}`,
        ...sections.map((one) => sectionInWords(one, currency)),
        `${asOfInWords(answered, ask.zone, Date.now())}${isKept ? ' With --fresh it is counted anew.' : ''}`,
      ].join('\n\n'),
    };
  });
}

/** @throws AppError VALIDATION_FAILED */
export function filterOf(given: string): [string, string] {
  const [, field = '', value = ''] = /^([^=]+)=(.+)$/s.exec(given) ?? [];
  if ((FILTER_KEYS as readonly string[]).includes(field)) return [field, value];
  throw new AppError(
    'VALIDATION_FAILED',
    `--only ${given}: expected FIELD=VALUE with a field out of ${FILTER_KEYS.join(', ')}`,
  );
}

function sectionInWords(section: Section, currency: string): string {
  const { title, columns, rows, total, notes, chart, none } = section;
  if (rows.length === 0)
    return none === undefined ? `${title}: nothing in this time.` : [title, none, ...notes].join('\n');
  const table = new Table({
    head: columns.map((column) => column.title),
    style: { head: [], border: [] },
    colAligns: columns.map((_, i) => (i === 0 ? 'left' : 'right')),
  });
  for (const row of [...rows, ...(total === undefined ? [] : [total])])
    table.push(columns.map((column) => cellInWords(row, column, currency)));
  const lines = chart?.kind === 'lines' ? columns.filter(({ key }) => chart.columns.includes(key)) : [];
  return [
    title,
    ...lines.map((column) => `${column.title}  ${sparkline(rows.map(({ cells }) => Number(cells[column.key] ?? 0)))}`),
    table.toString(),
    ...(chart?.kind === 'curve' ? [curveInWords(section, chart.columns)] : []),
    ...notes,
  ].join('\n');
}

/** For each row its two shares, one below the other. */
function curveInWords({ columns, rows }: Section, drawn: readonly string[]): string {
  const [first] = columns;
  const shares = columns.filter(({ key }) => drawn.includes(key));
  return pairedBars(
    rows.map(({ cells }) => ({
      name: String(cells[first?.key ?? ''] ?? ''),
      bars: shares.map(({ key, title }) => {
        const share = Number(cells[key] ?? 0);
        return { title, share, words: inWords(share, 'share', '') };
      }),
    })),
  );
}
