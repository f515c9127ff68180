import { expect, test } from 'vitest';
import { titleOf, type TimelineEntry } from '../../src/domain/timeline.ts';

test('an out-of-office is told without the verdict on opens and clicks', () => {
  const entry = { kind: 'event', data: { type: 'absence.noted', machine: true } } as unknown as TimelineEntry;
  const names = { person: (id: string) => id, reason: (key: string) => key };
  expect(titleOf(entry, 'system', names)).toMatch(/^Out of office: mails wait until the day of return$/);
});
