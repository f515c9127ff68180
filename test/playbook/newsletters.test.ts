import { describe, expect, it } from 'vitest';
import { cronOf, issueName, timesInWords, zoneOfTimes } from '../../src/domain/newsletter.ts';
import { cronProblem } from '../../src/domain/cron.ts';
import { load, mistakes, SOUND } from './folder.ts';

const file = (text: string): Record<string, string> => ({
  'newsletters.yaml': text,
  'segments.yaml': 'quiet: { when: { stage: dormant } }\n',
  'settings.yaml': SOUND['settings.yaml'] ?? '',
});
const options = {
  templates: new Map([
    ['news', { kind: 'news', topic: 'news' }],
    ['brief', { kind: 'transactional' }],
  ]),
};

describe('newsletters.yaml', () => {
  it('says what goes to whom at what times', () => {
    const text = `monthly:
  name: News
  template: hello
  segment: quiet
  send: { days: tue, week: 1, at: "09:00" }
  timeZone: lead
  paused: true
daily: { template: hello, when: { stage: customer }, send: { days: mon-fri, at: "7:30" }, catchUp: 2 hours, again: true }
quarterly: { template: hello, segment: quiet, send: { dates: [15, 1], months: [3, 6], at: "00:05" }, rate: 600 }
hourly: { template: hello, segment: quiet, send: { cron: "0  8-18/2 * jan-mar MON,fri" }, timeZone: Asia/Tokyo }
`;
    const { newsletters = [] } = load(file(text));
    expect(newsletters[0]).toEqual({
      newsletter: 'monthly',
      name: 'News',
      template: 'hello',
      segment: 'quiet',
      times: { days: ['tue'], week: 1, at: '09:00' },
      timeZone: 'lead',
      catchUp: { amount: 1, unit: 'days' },
      paused: true,
    });
    expect(newsletters.map(({ times }) => cronOf(times))).toEqual([
      '0 9 1-7 * TUE',
      '30 7 * * MON,TUE,WED,THU,FRI',
      '5 0 1,15 3,6 *',
      '0 8-18/2 * jan-mar MON,fri',
    ]);
    expect(newsletters.map(({ times }) => timesInWords(times))).toEqual([
      'the first Tuesday of a month at 09:00',
      'Monday, Tuesday, Wednesday, Thursday, Friday at 7:30',
      '1, 15 of month 3, 6 at 00:05',
      'cron 0 8-18/2 * jan-mar MON,fri',
    ]);
    expect(newsletters.map((one) => zoneOfTimes(one, 'Europe/Berlin'))).toEqual([
      'Etc/GMT-14',
      'Europe/Berlin',
      'Europe/Berlin',
      'Asia/Tokyo',
    ]);
  });

  it.each([
    ['x: { segment: quiet, send: { days: tue, at: "09:00" } }', '1:4  x.template: '],
    ['x: { template: news, send: { days: tue, at: "09:00" } }', '1:1  x: expected `segment` or `when`'],
    [
      'x: { template: newz, segment: quiet, send: { days: tue, at: "09:00" } }',
      'unknown template "newz"; did you mean',
    ],
    ['x: { template: brief, segment: quiet, send: { days: tue, at: "09:00" } }', '"brief" is a mail to reps'],
    [
      'x: { template: news, segment: quit, send: { days: tue, at: "09:00" } }',
      '1:31  x.segment: unknown segment "quit"',
    ],
    ['x: { template: news, when: { stag: dormant }, send: { days: tue, at: "09:00" } }', 'stag'],
    [
      'x: { template: news, segment: quiet, send: { days: tue, at: "09:00" }, trial: { share: 0.2 } }',
      'x.trial: a newsletter has one template for all its leads',
    ],
    [
      'x: { template: news, segment: quiet, send: { days: tue, at: "09:00" }, variants: [a, b] }',
      'x.variants: a newsletter has one template for all its leads',
    ],
    ['x: { template: news, segment: quiet, send: { days: tue, at: "24:00" } }', 'x.send.at: expected a time from'],
    ['x: { template: news, segment: quiet, send: { dates: [31], at: "09:00" } }', 'x.send.dates[0]: expected days of'],
    [
      'x: { template: news, segment: quiet, send: { days: tue, week: 5, at: "09:00" } }',
      'x.send.week: expected a number',
    ],
    [
      'x: { template: news, segment: quiet, send: { cron: "* * * * *" } }',
      'x.send.cron: the minute "*" must be one number',
    ],
    ['x: { template: news, segment: quiet, send: { cron: "0 25 * * *" } }', 'the hour "25" is not understood'],
    ['x: { template: news, segment: quiet, send: { cron: "0 9 * *" } }', 'x.send.cron: expected five fields'],
    [
      'x: { template: news, segment: quiet, send: { days: tue, at: "09:00" }, timeZone: Berlin }',
      'expected a time zone',
    ],
    [
      'x: { template: news, segment: quiet, send: { days: tue, at: "09:00" }, catchUp: 1 business day }',
      'x.catchUp: business days depend on a calendar',
    ],
  ])('%s', (text, message) => {
    expect(mistakes(file(text), options).join('\n')).toContain(message);
  });
});

it('a cron expression has five fields that Temporal understands, and fires once an hour at most', () => {
  for (const good of ['0 9 * * 2', '59 23 28-31 12 sun', '5 */6 1,15 * 0-7', '0 0 1 jan *'])
    expect(cronProblem(good)).toBeNull();
  for (const bad of [
    '* 9 * * 2',
    '0 9 0 * *',
    '0 9 * 13 *',
    '0 9 * * mon-',
    '0 9 5-1 * *',
    '0 9 * * *,',
    '0 9/2 * * *',
    '@daily',
  ])
    expect(cronProblem(bad), bad).not.toBeNull();
});

it('an issue is called by the minute of its zone, so the hour that comes twice makes one', () => {
  const first = Date.UTC(2026, 9, 25, 0, 30);
  expect(issueName(first, 'Europe/Berlin')).toBe('2026-10-25T02:30');
  expect(issueName(first + 3_600_000, 'Europe/Berlin')).toBe('2026-10-25T02:30');
});
