import { describe, expect, it } from 'vitest';
import { load, mistakes, warnings } from './folder.ts';

const cadence = (wait: string): Record<string, string> => ({
  'cadences/slow.yaml': `name: Slow\nsteps:\n  - id: it\n    wait: ${wait}\n  - id: after\n    email: again\n`,
});
const read = (wait: string): unknown => load(cadence(wait)).cadences.find((one) => one.cadence === 'slow')?.steps[0];
const mistake = (wait: string): string | undefined => mistakes(cadence(wait))[0];

describe('a wait', () => {
  it.each([
    ['3 business days', { for: { amount: 3, unit: 'business days' } }],
    ['{ for: 2 days, at: "09:00" }', { for: { amount: 2, unit: 'days' }, at: '09:00' }],
    ['until tuesday 09:00', { until: { days: ['tue'], at: '09:00' } }],
    ['{ until: "mon-fri 14:30" }', { until: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], at: '14:30' } }],
    ['until 8:00', { until: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], at: '8:00' } }],
    [
      '{ until: { attribute: contractEnds, offset: -1 day } }',
      {
        date: { attribute: 'contractEnds' },
        offset: { span: { amount: 1, unit: 'days' }, direction: 'before' },
        ifMissing: 'skip',
        ifPassed: 'skip',
      },
    ],
    [
      '{ until: { campaign: ends, offset: 2 hours, at: "10:00" }, ifMissing: exit, ifPassed: continue, skipTo: after }',
      {
        date: { campaign: 'ends' },
        offset: { span: { amount: 2, unit: 'hours' }, direction: 'after' },
        at: '10:00',
        ifMissing: 'exit',
        ifPassed: 'continue',
        skipTo: 'after',
      },
    ],
  ])('%s', (written, body) => {
    expect(read(written)).toEqual({ id: 'it', kind: 'wait', ...body });
  });

  it.each([
    [
      'until tuseday 09:00',
      'steps[0].wait: expected a time such as "tuesday 09:00", "mon-fri 09:00" or "09:00", found "until tuseday 09:00"',
    ],
    ['{ for: 2 days, at: "9" }', 'steps[0].wait.at: expected a time such as "09:00", found "9"'],
    [
      '{ until: { attribute: "", offset: -1 day } }',
      'steps[0].wait.until.attribute: expected the name of an attribute',
    ],
    [
      '{ until: { campaign: begins } }',
      'steps[0].wait.until.campaign: expected "starts" or "ends" or "event", found "begins"',
    ],
    [
      '{ until: { campaign: starts, offset: soon } }',
      'steps[0].wait.until.offset: expected a time before or after such as "-1 day" or "2 hours", found "soon"',
    ],
    [
      '{ until: { campaign: starts, ofset: -1 day } }',
      'steps[0].wait.until.ofset: unknown key "ofset"; did you mean "offset"?',
    ],
    [
      '{ until: { campaign: starts }, ifPassed: send }',
      'steps[0].wait.ifPassed: expected "skip" or "continue" or "exit", found "send"',
    ],
    [
      '{ until: { campaign: starts }, skipTo: afer }',
      'steps[0].wait.skipTo: unknown step "afer"; did you mean "after"?',
    ],
    ['{ untill: { campaign: starts } }', 'steps[0].wait.untill: unknown key "untill"; did you mean "until"?'],
  ])('%s is refused', (written, message) => {
    expect(mistakes(cadence(written)).join('\n')).toContain(message);
    expect(mistake(written)).toMatch(/^cadences\/slow\.yaml:4:/);
  });

  it('until a date that has passed takes no time, so it makes no circle sound', () => {
    const circle =
      'name: Slow\nsteps:\n  - id: a\n    email: again\n  - id: it\n    wait: { until: { campaign: starts } }\n    next: a\n';
    expect(mistakes({ 'cadences/slow.yaml': circle }).join('\n')).toMatch(/leads back to itself without a wait/);
  });
});

describe('a month', () => {
  it('has no fixed length, and the message says what to write', () => {
    expect(mistake('1 month')).toContain(
      'there are no months and years, as their length varies: write "4 weeks", or days',
    );
    expect(mistake('{ until: { campaign: starts, offset: -2 months } }')).toContain('write "8 weeks", or days');
  });
});

describe('settings.yaml', () => {
  const settings = (more: string): Record<string, string> => ({
    'settings.yaml': `defaultTimeZone: Europe/Berlin\nwonCadence: thanks\n${more}`,
  });

  it('says when nothing is sent, and how much at most', () => {
    const more = `quietHours: { from: "20:00", to: "08:00" }
caps:
  - { messages: 2, per: 1 week }
spread: 30 minutes
`;
    expect(load(settings(more))).toMatchObject({
      quietHours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '20:00', to: '08:00' }],
      caps: [{ messages: 2, per: { amount: 1, unit: 'weeks' } }],
      spread: { amount: 30, unit: 'minutes' },
    });
  });

  it.each([
    [
      'quietHours: { from: "00:00", to: "00:00" }\n',
      'quietHours: these hours leave no time to send in; make them shorter',
    ],
    [
      'quietHours: { from: "08:00", to: "18:00" }\n',
      'window: the quiet hours of settings.yaml leave no time in this window',
    ],
    ['caps: [{ messages: 0, per: 1 day }]\n', 'caps[0].messages: expected at least one message'],
    [
      'caps: [{ messages: 1, per: 2 business days }]\n',
      'caps[0].per: expected a period such as "1 week", not business days',
    ],
    ['campaigns: [x]\n', '3:1  campaigns: campaigns have a file of their own, campaigns.yaml'],
  ])('%s', (more, message) => {
    expect(mistakes(settings(more)).join('\n')).toContain(message);
  });
});

describe('a wait as long as a lead may do nothing', () => {
  const withSunset = (head: string, step: string): Record<string, string> => ({
    'settings.yaml': 'defaultTimeZone: Europe/Berlin\nwonCadence: thanks\nsunset: { after: 60 days }\n',
    'cadences/slow.yaml': `name: Slow\n${head}steps:\n  - email: again\n  - ${step}\n  - id: it\n    email: hello\n`,
  });

  it.each(['wait: 60 days', 'wait: 9 weeks', '{ waitFor: page.viewed, within: 70 days, then: it, else: it }'])(
    '%s is warned of',
    (step) => {
      expect(warnings(withSunset('', step))).toEqual([
        expect.stringMatching(
          /^cadences\/slow\.yaml:4:5 {2}step 2.*sunset: 60 days.*leaves the cadence before it is over/,
        ),
      ]);
    },
  );

  it.each([
    [
      'exit: { when: { events: { type: page.viewed, within: 14 days, lt: 1 } }, reason: quiet }',
      14,
      'an event page.viewed (14 days)',
    ],
    [
      'exit: { when: { not: { events: { type: page.viewed, within: 2 weeks, gte: 1 } } }, reason: quiet }',
      14,
      'an event page.viewed (2 weeks)',
    ],
    ['exit: { when: { daysSinceOrder: { gt: 29 } }, reason: quiet }', 30, 'an order (30 days)'],
    [
      'exit: { when: { any: [{ country: DE }, { segment: quiet }] }, reason: quiet }',
      21,
      'an event page.viewed (3 weeks)',
    ],
    [
      'goal: { when: { events: { type: page.viewed, within: 10 days, is: 0 } }, name: quiet }',
      10,
      'an event page.viewed (10 days)',
    ],
  ])('is warned of where the cadence’s own end has a time: %s', (end, days, without) => {
    const files = (wait: number): Record<string, string> => ({
      ...withSunset(`${end}\n`, `wait: ${wait} days`),
      'segments.yaml': 'quiet: { when: { events: { type: page.viewed, within: 3 weeks, lt: 1 } } }\n',
    });
    const ofWaits = (wait: number): string[] => warnings(files(wait)).filter((one) => !one.includes('holds already'));
    expect(ofWaits(days - 1)).toEqual([]);
    expect(ofWaits(days)).toEqual([expect.stringContaining(`lets a lead be without ${without}, or longer`)]);
  });

  it('of a segment that asks for itself is no question without an end', () => {
    const files = {
      ...withSunset('exit: { when: { segment: a }, reason: it }\n', 'wait: 50 days'),
      'segments.yaml': 'a: { when: { segment: b } }\nb: { when: { segment: a } }\n',
    };
    expect(mistakes(files)).toEqual([expect.stringContaining('asks for itself')]);
  });

  it('is none where the end asks for more than time brings about, or for what somebody did', () => {
    for (const when of [
      '{ events: { type: page.viewed, within: 14 days, lt: 1 }, country: DE }',
      '{ events: { type: page.viewed, within: 14 days, gte: 1 } }',
      '{ daysSinceOrder: { lte: 10 } }',
      '{ not: { segment: quiet } }',
    ])
      expect(
        warnings({
          ...withSunset(`exit: { when: ${when}, reason: it }\n`, 'wait: 50 days'),
          'segments.yaml': 'quiet: { when: { events: { type: page.viewed, within: 3 weeks, lt: 1 } } }\n',
        }),
      ).toEqual([]);
  });

  it('is none that is shorter, of a reminder or of customers, or for who is sunset already', () => {
    expect(warnings(withSunset('', 'wait: 59 days'))).toEqual([]);
    expect(warnings(withSunset('purpose: customer\n', 'wait: 90 days'))).toEqual([]);
    expect(warnings(withSunset('enroll: { when: { sunset: true } }\n', 'wait: 90 days'))).toEqual([]);
  });
});

describe('an exit that asks what a lead did lately', () => {
  const QUIET = 'exit: { when: { events: { type: page.viewed, within: 14 days, lt: 1 } }, reason: quiet }\n';
  const cadenceOf = (head: string, steps: readonly string[]): Record<string, string> => ({
    'cadences/slow.yaml': `name: Slow\n${head}steps:\n${steps.map((step) => `  - ${step}\n`).join('')}`,
  });
  const STEPS = ['{ id: one, email: hello }', '{ id: pause, wait: 1 day }', '{ id: two, email: again }'];
  const entered = (when: string): string => `enroll: { when: ${when} }\n`;

  it.each([
    'exit: { when: { events: { type: page.viewed, within: 14 days, lt: 1 } }, reason: it }',
    'exit: { when: { not: { events: { type: page.viewed, gte: 1 } } }, reason: it }',
    'exit: { when: { any: [{ country: DE }, { score: { lt: 5 } }] }, reason: it }',
    'exit: { when: { segment: quiet }, reason: it }',
    'goal: { when: { orderCount: 0 }, name: it }',
  ])('is warned of when it holds for who has done nothing: %s', (end) => {
    const files = {
      ...cadenceOf(`${end}\n`, STEPS),
      'segments.yaml': 'quiet: { when: { events: { type: page.viewed, within: 3 weeks, lt: 1 } } }\n',
    };
    expect(warnings(files)).toEqual([
      expect.stringMatching(
        /^cadences\/slow\.yaml:2:\d+ {2}(exit|goal)\.when: this holds already.*before the first step.*waitFor/,
      ),
    ]);
  });

  it.each([
    ['what it asks is not known of a newcomer', '', 'exit: { when: { daysSinceOrder: { gt: 30 } }, reason: it }\n'],
    ['more is asked for besides', '', 'exit: { when: { score: { lt: 5 }, country: DE }, reason: it }\n'],
    ['the event must have come', '', 'goal: { when: { events: { type: page.viewed, gte: 1 } }, name: it }\n'],
    ['who is enrolled has done it', entered('{ events: { type: page.viewed, within: 1 day, gte: 1 } }'), QUIET],
  ])('is not warned of where %s', (_why, enroll, end) => {
    expect(warnings(cadenceOf(enroll + end, STEPS))).toEqual([]);
  });

  it('is outlasted by several waits together, and the way is told at the first step that nobody quiet comes to', () => {
    const enroll = entered('{ events: { type: page.viewed, gte: 1 } }');
    const steps = [
      '{ id: one, email: hello }',
      '{ id: first-pause, wait: 6 days }',
      '{ id: two, email: again }',
      '{ id: looked, waitFor: order.placed, within: 8 days, then: bought, else: three }',
      '{ id: bought, exit: bought }',
      '{ id: three, email: hello }',
    ];
    expect(warnings(cadenceOf(enroll + QUIET, steps))).toEqual([
      expect.stringMatching(
        /^cadences\/slow\.yaml:10:5 {2}step 6 ‘three’.*14 days together \(‘first-pause’ 6 days \+ ‘looked’ 8 days\), and "exit" lets a lead be without an event page\.viewed for 14 days/,
      ),
    ]);
    expect(warnings(cadenceOf(enroll + QUIET, steps.with(1, '{ id: first-pause, wait: 5 days }')))).toEqual([]);
  });
});
