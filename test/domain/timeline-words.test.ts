import { expect, test } from 'vitest';
import { sentBackBecause } from '../../src/domain/sent-back.ts';
import { titleOf } from '../../src/domain/timeline.ts';
import type { TimelineEntry } from '../../src/domain/timeline-entry.ts';

test('an out-of-office is told without the verdict on opens and clicks', () => {
  const entry = { kind: 'event', data: { type: 'absence.noted', machine: true } } as unknown as TimelineEntry;
  const names = { person: (id: string) => id, reason: (key: string) => key };
  expect(titleOf(entry, 'system', names)).toMatch(/^Out of office: mails wait until the day of return$/);
});

const names = {
  person: (id: string) => id,
  reason: (key: string) => (key === 'put-off' ? 'Put off' : key),
  events: [{ event: 'demo.requested', description: 'Asked for a demonstration. Ours.' }],
};
const change = (action: string, data: object) => ({ kind: 'change', action, data }) as unknown as TimelineEntry;

const event = (type: string, properties: object) =>
  ({ kind: 'event', data: { type, machine: true, properties } }) as unknown as TimelineEntry;

test.each([
  [
    change('stage.changed', { from: 'dormant', to: 'qualified', because: 'by demo.requested' }),
    'Stage dormant → qualified: by “Asked for a demonstration”',
  ],
  [
    change('stage.changed', { from: 'opportunity', to: 'no-need', because: 'lost: put-off' }),
    'Stage opportunity → no-need: lost: Put off',
  ],
  [
    change('stage.changed', { from: 'new', to: 'qualified', because: 'by nobody.listed' }),
    'Stage new → qualified: by nobody.listed',
  ],
  [
    change('stage.changed', { from: 'assigned', to: 'qualified', because: sentBackBecause('put-off') }),
    'Stage assigned → qualified: Sent back as ‘Put off’. A person decides who gets it.',
  ],
  [
    change('lead.rescored', { from: 4, to: 4.001, gradeFrom: 'C', gradeTo: 'C', marked: false }),
    'Score made anew: 4, as before',
  ],
  [
    change('lead.rescored', { from: 4, to: 9, gradeFrom: 'C', gradeTo: 'B', marked: false }),
    'Score made anew: 4 → 9, fit grade C → B',
  ],
  [
    change('step.performed', { stepId: 'call', cadence: 'c', kind: 'task', result: 'cancelled' }),
    'Step ‘call’ of ‘c’ (task): nobody is to do it any more',
  ],
  [
    event('email.bounced', { verdict: 'hard', status: '5.1.1' }),
    'An email came back, as its address does not exist: 5.1.1',
  ],
  [event('absence.noted', { untilMs: Date.UTC(2026, 11, 7) }), 'Out of office: mails wait until Mon 7 Dec 2026'],
  [
    { kind: 'event', data: { type: 'preferences.changed', machine: false } } as unknown as TimelineEntry,
    'Chose what mail it gets',
  ],
  [event('email.bounced', { verdict: 'complaint' }), 'Reported an email as spam'],
  [change('suppression.added', { reason: 'hard-bounce' }), 'Suppressed by ada: mail to the address comes back'],
  [
    change('suppression.added', { reason: 'manual', list: true }),
    'Suppressed by ada, from a list: the address is to get no mail',
  ],
  [
    change('lead.unsubscribed', { source: 'unsubscribe' }),
    'Unsubscribed (by a mail to the address of List-Unsubscribe) by ada',
  ],
  [change('clock.forwarded', { byMs: 45 * 60_000 }), 'Fast-forwarded by 45 minutes'],
  [change('clock.forwarded', { byMs: 3 * 3_600_000 }), 'Fast-forwarded by 3 hours'],
  [change('clock.forwarded', { byMs: 36 * 3_600_000 }), 'Fast-forwarded by 1.5 days'],
  [change('task.closed', { taskId: 't', repId: 'ada', status: 'cancelled' }), 'Task called off by ada'],
  [
    change('lead.updated', {
      fields: ['country', 'phone', 'jobTitle'],
      changes: [
        { field: 'country', from: 'DE', to: 'AT' },
        { field: 'phone', from: '555 0100', to: null },
        { field: 'jobTitle', from: null, to: 'Owner' },
      ],
    }),
    'Profile corrected by ada: country DE → AT; phone taken away (before: 555 0100); role Owner',
  ],
  [
    change('lead.updated', { fields: ['companySize', 'attributes.plan'] }),
    'Profile updated: size of the company, plan',
  ],
])('an entry of the story in plain words: %#', (entry, words) => {
  expect(titleOf(entry, 'ada', names)).toBe(words);
});
