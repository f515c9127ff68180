/** What a spreadsheet makes of a report whose names strangers have written. */
import { expect, test } from 'vitest';
import { toCsv } from '../../src/reports/csv.ts';
import type { Asked, Section } from '../../src/reports/report.ts';

const ASKED = {
  since: new Date('2026-03-01T00:00:00Z'),
  ends: new Date('2026-04-01T00:00:00Z'),
  zone: 'UTC',
  filters: {},
  segment: null,
} as unknown as Asked;

function csvOf(source: string): string {
  const section = {
    key: 'leads',
    title: 'Leads',
    columns: [
      { key: 'source', title: 'Source', unit: 'text' },
      { key: 'leads', title: 'Leads', unit: 'count' },
    ],
    rows: [{ cells: { source, leads: 2 } }],
  } as unknown as Section;
  return toCsv(section, 'EUR', ASKED, new Date('2026-04-02T08:30:05Z')).split('\r\n')[1] ?? '';
}

test.each(['=HYPERLINK("https://evil.example")', '+1+cmd', '-2+3', '@SUM(A1)', '\t=1+1'])(
  'a source that begins like a formula is text: %s',
  (source) => expect(csvOf(source)).toMatch(/^"?'/),
);

test('a source with the marks of the format stays one column', () => {
  expect(csvOf('a,b\n"c"')).toBe('"a,b\n""c""",2,2026-03-01,2026-03-31,UTC,,2026-04-02 08:30:05');
});
