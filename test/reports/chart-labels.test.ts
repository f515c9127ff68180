/** The names of the rows of a chart. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chartOf } from '../../src/reports/chart.ts';
import { labelsOf } from '../../src/reports/chart-labels.ts';
import type { Section } from '../../src/reports/report.ts';

const WEBINARS = [
  'Webinar: Irrigation for organic vineyards in May',
  'Webinar: Irrigation for organic vineyards in June',
];

test('names that begin alike are told apart, in lines that fit', () => {
  for (const longest of [15, 32]) {
    const shown = labelsOf(WEBINARS, longest).map(({ lines }) => lines);
    expect(new Set(shown.map((lines) => lines.join(' '))).size).toBe(2);
    expect(shown.flat().every((line) => line.length <= longest)).toBe(true);
  }
  const alike = ['a', 'b'].map((one) => `Webinar: Irrigation ${one} and everything else that there is to say of it`);
  expect(labelsOf(alike, 15).map(({ lines }) => lines.join('|'))).toEqual([
    expect.stringMatching(/^Webina…\|.*\ba\b/),
    expect.stringMatching(/^Webina…\|.*\bb\b/),
  ]);
  expect(labelsOf(['search', 'search'], 15).map(({ lines }) => lines)).toEqual([['search'], ['search']]);
});

test('no line is longer than it may be, and a short name stays as it is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 90 })),
      fc.constantFrom([15, 4], [32, 2]),
      (names, [longest = 0, most = 0]) => {
        for (const { name, lines } of labelsOf(names, longest, most)) {
          expect(lines.length).toBeLessThanOrEqual(most);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(longest);
          if (name.length <= longest) expect(lines).toEqual([name]);
        }
      },
    ),
  );
});

test('on a phone a name of sixty letters is whole, broken between words, at hyphens and dots', () => {
  const names = [
    'playbook 1: A from 30, B from 40 · score and grade',
    'Irrigation for organic vineyards in Alsace',
    'irrigation-webinars-in-spring',
    'Qualitätssicherungsbeauftragter',
  ];
  for (const { name, lines } of labelsOf(names, 15, 4)) {
    expect(lines.every((line) => line.length <= 15)).toBe(true);
    expect(lines.join('').replaceAll(' ', '')).toBe(name.replaceAll(' ', ''));
  }
  expect(labelsOf(names, 15, 4)[2]?.lines).toEqual(['irrigation-', 'webinars-in-', 'spring']);
});

test('the whole name stands over a label that is not the whole of it, as text', () => {
  const hostile = `<script>alert(1)</script> & "everything" that a stranger writes into a form`;
  const names = [...WEBINARS, hostile, 'search'];
  const section: Section = {
    key: 'campaigns',
    title: 'Campaigns',
    columns: [
      { key: 'group', title: 'Campaign', unit: 'text' },
      { key: 'leads', title: 'Leads', unit: 'count' },
    ],
    rows: names.map((group, n) => ({ cells: { group, leads: n + 1 } })),
    chart: { kind: 'bars', columns: ['leads'] },
    notes: [],
  };
  const svg = chartOf(section, 'EUR') ?? '';
  for (const name of WEBINARS) expect(svg.split(`<title>${name}</title>`).length - 1).toBe(2 + 4);
  expect(svg).toContain('<title>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;everything&quot;');
  expect(svg).not.toContain('<script');
  expect(svg).not.toContain('<title>search</title>');
});
