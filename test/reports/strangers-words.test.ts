/** Words that strangers wrote, wherever reports show them: by mail, as CSV and JSON, in the terminal. The pages are in pages.test.ts. */
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportShow } from '../../src/cli/reports.ts';
import { jsonText, terminalText } from '../../src/cli/terminal-text.ts';
import { newId } from '../../src/domain/ids.ts';
import { digestMail } from '../../src/email/digest-mail.ts';
import { readAsk } from '../../src/reports/ask.ts';
import type { Dimension } from '../../src/reports/dimensions.ts';
import { digestParts } from '../../src/reports/digest.ts';
import { currencyOf } from '../../src/reports/money.ts';
import { readReport } from '../../src/reports/read.ts';
import { REPORTS } from '../../src/reports/registry.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor } from '../api/visitor.ts';

const TAG = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;
const FORMULAS = ['=HYPERLINK("https://evil.example")', '+1+cmd', '-2+3', '@SUM(A1)', '\t=1+1', '\r=1+1'];
/** Sets the title of the window, clears the screen, colors, rings, and turns what follows around. */
const ESCAPES = '\u001B]0;owned\u0007\u001B[2J\u001B[31mred\u009B1m\u202Eabc\nnext line';
const WORDS = [TAG, ...FORMULAS, ESCAPES];

/** What strangers fill in, of what reports are split by. */
const THEIRS: readonly Dimension[] = [
  'source',
  'medium',
  'channel',
  'campaign',
  'needType',
  'productLine',
  'industry',
  'region',
  'jobTitle',
];

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
  for (const [n, words] of WORDS.entries()) await needOf(n, words);
  await inviteUser(
    bench.db,
    { email: 'marketer@strangers.example', name: 'Mia', role: 'marketer' },
    { actor: 'system', at: new Date() },
  );
});
afterAll(() => bench.close());

/** A won need with the words in every field, past what cleans them where they come in: rows may be older than that, or of another way in. */
async function needOf(n: number, words: string): Promise<void> {
  const { db } = bench;
  const [leadId, needId, at] = [newId('lead'), newId('need'), new Date()];
  const said = { firstName: words, company: words, industry: words, jobTitle: words, source: words };
  await db.lead.create({
    data: {
      id: leadId,
      email: `x@s${n}.example`,
      stage: 'customer',
      scoreAt: at,
      needId,
      attributes: { region: words },
      ...said,
    },
  });
  const closed = { stage: 'customer', openedAt: at, closedAt: at, outcome: 'won' } as const;
  await db.need.create({
    data: { id: needId, leadId, type: words, productLine: words, valueMinor: 100_000n, currency: 'EUR', ...closed },
  });
  const touch = { source: words, medium: words, channel: words, campaign: words };
  await db.touch.create({
    data: { id: newId('touch'), leadId, needId, isFirst: true, how: 'form', occurredAt: at, ...touch },
  });
  await db.stageChange.create({
    data: { leadId, needId, toStage: 'customer', because: 'test', actor: 'system', occurredAt: at },
  });
}

/** Each report by each of these dimensions that it can be split by. */
const ASKED = REPORTS.flatMap((report) =>
  report.takes?.by === false ? [] : report.by.filter((by) => THEIRS.includes(by)).map((by) => ({ report, by })),
);

test('there is a report by each of them', () => {
  expect(new Set(ASKED.map(({ by }) => by))).toEqual(new Set(THEIRS));
});

test('by mail they are text in one line, in both parts', async () => {
  const { playbook } = bench.deps.store.rules.current();
  const asker = { scope: { kind: 'all' as const }, playbook, realNowMs: Date.now() };
  let seen = 0;
  for (const { report, by } of ASKED) {
    const sections = await readReport(bench.db, report, readAsk(report, { by, since: '30d' }, asker));
    const parts = digestParts(sections, currencyOf(playbook), { title: 'The week before', section: sections[0] });
    const { html, text } = await digestMail({
      id: 'send-1',
      from: { address: 'acme@example.com', name: 'Acme' },
      to: { address: 'mia@example.com', name: 'Mia' },
      date: new Date(),
      title: `${report.title}: 27 Nov 2026`,
      intro: report.question,
      parts,
      pageUrl: 'https://nurture.example.com/console/reports/funnel',
      unsubscribeUrl: 'https://nurture.example.com/digests/x',
    });
    const where = `${report.key} by ${by}`;
    expect(html, where).not.toMatch(/<img src=x|<script/);
    for (const part of [html, text]) expect(obeyed(part), where).toEqual([]);
    if (html.includes('&lt;img src=x') && text.includes('abc next line')) seen += 1;
  }
  expect(seen).toBeGreaterThan(THEIRS.length);
});

test('as CSV, by the API and by the page, no cell begins like a formula, and each stays one cell', async () => {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, 'marketer@strangers.example', new Date())) ?? '');
  for (const { report, by } of ASKED) {
    const asked = `${report.key}?by=${by}&since=30d`;
    const json = await bench.get(`/v1/reports/${asked}`, bench.keys.marketer);
    expect(json.headers.get('content-type'), asked).toMatch(/^application\/json/);
    const { sections } = json.body as unknown as { sections: { key: string; columns: object[]; rows: object[] }[] };
    for (const { key, columns, rows } of sections) {
      const api = await bench.get(`/v1/reports/${asked}&format=csv&section=${key}`, bench.keys.marketer);
      const page = await who.go(`/console/reports/csv/${asked}&section=${key}`);
      for (const { text } of [api, page]) {
        const lines = parse(text, { record_delimiter: ['\r\n', '\n', '\r'] });
        expect(lines.length, `${asked} ${key}`).toBeGreaterThan(rows.length);
        for (const cells of lines) {
          expect(cells.length).toBeGreaterThan(columns.length);
          expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell)))).toEqual([]);
        }
      }
    }
  }
});

test('in JSON they are as they were written', async () => {
  const { body } = await bench.get('/v1/reports/leads-in?by=source&since=30d', bench.keys.marketer);
  const [section] = body['sections'] as { rows: { group?: string }[] }[];
  expect(section?.rows.map(({ group }) => group)).toEqual(expect.arrayContaining(WORDS));
});

test('in the terminal they obey nothing', async () => {
  for (const { report, by } of ASKED) {
    const { text } = await reportShow(bench.engine.config, report.key, { by, since: '30d' });
    expect(obeyed(text), `${report.key} by ${by}`).toEqual([]);
  }
  const { text } = await reportShow(bench.engine.config, 'leads-in', { by: 'source', since: '30d' });
  expect(text).toContain('abc next line');
  // A value that nobody has is answered with those that there are.
  const none = await reportShow(bench.engine.config, 'leads-in', { since: '30d', only: ['source=none'] });
  expect(obeyed(terminalText(none.text))).toEqual([]);
});

describe('what any command answers', () => {
  test('keeps lines, tabs and our colors', () => {
    expect(terminalText('a\tb\n\u001B[1mbold\u001B[22m')).toBe('a\tb\n\u001B[1mbold\u001B[22m');
  });
  test('has nothing else that a terminal obeys', () => {
    expect(terminalText(`a\u001B]0;owned\u0007\u001B[2J\r\u009B1m\u202Eb`)).toBe('a]0;owned[2J1mb');
  });
  test('in JSON has it escaped, and the same data', () => {
    const data = { source: ESCAPES };
    expect(obeyed(jsonText(data))).toEqual([]);
    expect(JSON.parse(jsonText(data))).toEqual(data);
  });
});

/** What a terminal or a mail reader would obey, but for line breaks. */
function obeyed(text: string): string[] {
  return text.match(/(?![\n\r])[\p{Cc}\p{Bidi_Control}]/gu) ?? [];
}
