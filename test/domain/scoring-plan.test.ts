import { expect, test } from 'vitest';
import { needsGrading } from '../../src/domain/scoring-plan.ts';
import { PLAYBOOK } from '../store/support.ts';

test('other bands give no other grade, so that a plan counts none as their effect; other fit rules may', () => {
  const before = { ...PLAYBOOK.scoring, bands: [{ band: 'hot', from: 60 }] };
  expect(needsGrading(before, { ...before, bands: [{ band: 'hot', from: 61 }] })).toBe(false);
  expect(needsGrading(before, { ...before, fit: [{ rule: 'any', when: { freeMail: true }, points: -1 }] })).toBe(true);
});
