import { expect, it } from 'vitest';
import { mistakes } from './folder.ts';

const STEPS = 'steps:\n  - email: hello\n';
const inSlow = (head: string): string[] => mistakes({ 'cadences/slow.yaml': `name: Slow\n${head}${STEPS}` });
const NO_OPEN = 'nothing may depend on "did not open"';

it.each([
  ['reentry: sometimes\n', '2:10  reentry: expected "always", "never" or { after: <duration> }, found "sometimes"'],
  ['preempt: pause\n', '2:10  preempt: expected "suspend" or "end", found "pause"'],
  ['kind: nudge\n', '2:7  kind: expected "reminder", found "nudge"'],
  ['key: event.webinar\n', '2:1  key: "key" is for reminders; write "kind: reminder" or remove it'],
  ['cancel: { event: page.viewed }\n', '2:1  cancel: "cancel" is for reminders; write "kind: reminder" or remove it'],
  [
    'enroll: { event: page.viewed }\n',
    '2:11  enroll.event: an event that enrolls is for reminders; write "kind: reminder" or remove it',
  ],
  [
    'kind: reminder\nenroll: { event: page.veiwed }\n',
    '3:18  enroll.event: unknown event "page.veiwed"; did you mean "page.viewed"? Or list it in playbook/events.yaml',
  ],
  ['kind: reminder\nkey: webinar\n', '3:6  key: expected a property of the event such as "event.webinar"'],
  ['answer: hello\n', '2:1  answer: an answer needs "enroll", whose condition says which requests it answers'],
  ['enroll: { when: { source: x } }\nanswer: helo\n', '3:9  answer: unknown template "helo"'],
  ['pauseOn: [reply, rain]\n', '2:18  pauseOn[1]: expected'],
  ['enroll: { when: { segment: wine } }\n', '2:28  enroll.when.segment: unknown segment "wine"'],
  ['enroll: { when: { segment: { gt: a } } }\n', '2:30  enroll.when.segment.gt: a lead is in a segment or is not'],
  ['enroll: { when: { events: { type: email.opened, lt: 1 } } }\n', `2:19  enroll.when.events: ${NO_OPEN}`],
  [
    'enroll: { when: { not: { events: { type: email.opened, gte: 1 } } } }\n',
    `2:26  enroll.when.not.events: ${NO_OPEN}`,
  ],
])('%j', (head, says) => {
  expect(inSlow(head).join('\n')).toContain(`slow.yaml:${says}`);
});

it('a segment that asks for itself', () => {
  const segments = 'a: { when: { segment: b } }\nb: { when: { not: { segment: a } } }\n';
  expect(mistakes({ 'segments.yaml': segments }).join('\n')).toContain(
    'segments.yaml:1:12  a.when: the segment "a" asks for itself; ask for something else',
  );
});

it('"opened at least once" is no mistake', () => {
  const head = 'enroll: { when: { events: { type: email.opened, gte: 1 } } }\n';
  expect(inSlow(head).filter((one) => one.includes('did not open'))).toEqual([]);
});
