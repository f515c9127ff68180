import { expect, test } from 'vitest';
import { changesBetween } from '../../src/domain/playbook-changes.ts';
import { PLAYBOOK } from '../store/support.ts';

test('what was learned is a file of its own: scoring.yaml did not change with it', () => {
  const templates = new Map();
  const learned = { goal: 'won', until: '2026-01-01', outcomes: 200, successes: 50, base: -1, weights: [] } as never;
  const before = { playbook: PLAYBOOK, templates };
  const after = { playbook: { ...PLAYBOOK, scoring: { ...PLAYBOOK.scoring, learned } }, templates };
  expect(changesBetween(before, after)).toEqual([{ file: 'learned.yaml', change: 'new' }]);
  expect(changesBetween(after, before)).toEqual([{ file: 'learned.yaml', change: 'gone' }]);
});
