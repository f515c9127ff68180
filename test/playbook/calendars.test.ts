import { describe, expect, it } from 'vitest';
import { load, mistakes } from './folder.ts';

const calendars = (text: string): readonly { calendar: string; holidays: readonly string[] }[] =>
  load({ 'calendars.yaml': text }).calendars;

function of(text: string): readonly string[] {
  return calendars(`germany:\n${text}`)[0]?.holidays ?? [];
}

describe('a calendar', () => {
  it('of a country has its public holidays, days in lieu among them, for twenty years', () => {
    const german = of('  country: DE\n');
    expect(german.filter((day) => day.startsWith('2026'))).toEqual([
      '2026-01-01',
      '2026-04-03',
      '2026-04-06',
      '2026-05-01',
      '2026-05-14',
      '2026-05-25',
      '2026-10-03',
      '2026-12-25',
      '2026-12-26',
    ]);
    expect([german[0], german.at(-1)]).toEqual(['2025-01-01', '2044-12-26']);
    expect(of('  country: US\n')).toEqual(expect.arrayContaining(['2026-07-03', '2026-07-04']));
  });

  it('of a region has those of the region, and own dates, but for exceptions', () => {
    const days = of('  country: DE\n  region: BW\n  daysOff: [2026-12-24]\n  except: [2026-01-06]\n');
    expect(days).toEqual(expect.arrayContaining(['2026-06-04', '2026-12-24', '2027-01-06']));
    expect(days).not.toContain('2026-01-06');
  });

  it.each([
    ['DE', 'Bayern', 'BY', '2026-06-04'],
    ['DE', 'BY-A', 'BY-A', '2026-08-08'],
    ['CH', 'Canton de Genève', 'GE', '2026-09-10'],
    ['GB', 'Scotland', 'SCT', '2026-11-30'],
    ['US', 'Massachusetts', 'MA', '2026-04-20'],
    ['ES', 'cataluña', 'CT', '2026-09-11'],
  ])('of %s: the region may be written %s', (country, region, code, day) => {
    const [calendar] = load({ 'calendars.yaml': `germany:\n  country: ${country}\n  region: ${region}\n` }).calendars;
    expect(calendar).toMatchObject({ region: code, holidays: expect.arrayContaining([day]) });
  });

  it('has several days of a holiday that lasts longer, and none for a half day', () => {
    const turkish = of('  country: TR\n');
    expect(turkish).toEqual(expect.arrayContaining(['2026-03-20', '2026-03-21', '2026-03-22']));
    expect(turkish).not.toContain('2026-03-23');
  });

  it('is the same wherever it is computed', () => {
    const before = process.env['TZ'];
    try {
      process.env['TZ'] = 'Pacific/Kiritimati';
      expect(of('  country: IL\n').filter((day) => day.startsWith('2026-04'))).toEqual([
        '2026-04-02',
        '2026-04-08',
        '2026-04-22',
      ]);
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });

  it.each([
    ['  country: DEU\n', '2:12  germany.country: expected a country such as "DE", found "DEU"'],
    [
      '  country: AQ\n',
      '2:12  germany.country: no public holidays are known of the country "AQ"; list them as "daysOff"',
    ],
    ['  country: AT\n  region: BW\n', '3:11  germany.region: unknown region "BW" of AT'],
    ['  country: DE\n  region: Bayren\n', 'unknown region "Bayren" of DE; did you mean "Bayern"?'],
    ['  country: DE\n  except: [2026-12-24]\n', '3:12  germany.except[0]: 2026-12-24 is no holiday of this calendar'],
    ['  daysoff: []\n', '2:3  germany.daysoff: unknown key "daysoff"; did you mean "daysOff"?'],
    ['  - 2026-12-25\nlead:\n  - 2026-12-25\n', '3:1  lead: "calendar: lead" means the calendar of a lead\'s country'],
  ])('%j: %s', (text, message) => {
    const [first] = mistakes({ 'calendars.yaml': `germany:\n${text}` });
    expect(first).toContain(message);
  });
});
