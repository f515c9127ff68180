import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stableShare } from '../../src/domain/stable-share.ts';
import { inOrder } from '../../src/steps/channel/position.ts';
import { armFor, type SplitStep } from '../../src/steps/split/position.ts';
import { load } from '../playbook/folder.ts';

const STEP: SplitStep = {
  id: 'subject',
  kind: 'split',
  arms: [
    { arm: 'a', weight: 1, go: 'x' },
    { arm: 'b', weight: 3, go: 'y' },
  ],
  holdout: 0.2,
};
const nameOf = (chosen: ReturnType<typeof armFor>): string => (chosen === 'holdout' ? chosen : chosen.arm);
const leads = Array.from({ length: 10_000 }, (_, i) => `lead-0193f0c2${i.toString(16).padStart(24, '0')}`);
const armsOf = (stepId: string): string[] =>
  leads.map((lead) => nameOf(armFor(STEP, stableShare(lead, 'welcome', stepId), null)));

describe('the arms of a split', () => {
  it('get leads by their weights, beside the holdout', () => {
    const arms = armsOf('subject');
    const shareOf = (arm: string): number => arms.filter((one) => one === arm).length / arms.length;
    expect(shareOf('holdout')).toBeCloseTo(0.2, 1);
    expect(shareOf('a')).toBeCloseTo(0.2, 1);
    expect(shareOf('b')).toBeCloseTo(0.6, 1);
  });

  it('of two splits have nothing to do with each other', () => {
    const [one, other] = [armsOf('subject'), armsOf('length')];
    const both = one.filter((arm, i) => arm === 'a' && other[i] === 'a').length / one.length;
    expect(both).toBeCloseTo(0.04, 2);
  });

  it('stay as long as they are there, whatever their weights become', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (share) => {
        expect(nameOf(armFor(STEP, share, 'a'))).toBe('a');
        expect(nameOf(armFor(STEP, share, 'holdout'))).toBe('holdout');
        expect(['a', 'b', 'holdout']).toContain(nameOf(armFor(STEP, share, 'gone')));
      }),
    );
  });
});

describe('steps inside a branch or split', () => {
  const NESTED = `name: Nested
steps:
  - id: size
    branch:
      - when: { companySize: { gte: 50 } }
        steps:
          - email: hello
          - id: deep
            split:
              - { arm: a, steps: [{ id: in-a, set: { language: de } }] }
              - { arm: b, steps: [{ set: { language: fr } }, { id: last-of-b, wait: 1 day }] }
      - else:
          - email: again
  - id: rejoined
    exit: over
`;

  it('are performed after it, and then lead to what follows it', () => {
    const cadence = load({ 'cadences/nested.yaml': NESTED }).cadences.find((one) => one.cadence === 'nested');
    expect(cadence?.steps).toMatchObject([
      { id: 'size', cases: [{ go: 'hello' }], otherwise: 'again' },
      { id: 'hello' },
      { id: 'deep', arms: [{ go: 'in-a' }, { go: 'set-in-b-of-deep' }] },
      { id: 'in-a', next: 'rejoined' },
      { id: 'set-in-b-of-deep' },
      { id: 'last-of-b', next: 'rejoined' },
      { id: 'again', next: 'rejoined' },
      { id: 'rejoined' },
    ]);
  });

  it('end the cadence where nothing follows', () => {
    const steps = `name: End\nsteps:\n  - branch:\n      - when: { score: 1 }\n        steps: [{ email: hello }]\n      - else: [{ email: again }]\n`;
    const cadence = load({ 'cadences/end.yaml': steps }).cadences.find((one) => one.cadence === 'end');
    expect(cadence?.steps).toMatchObject([{}, { id: 'hello', next: null }, { id: 'again', next: null }]);
  });
});

it('the channel that the lead prefers is tried first, then the others as they stand', () => {
  const serves = (variant: string, channel: string): boolean => variant === channel;
  expect(inOrder(['email', 'phone', 'sms'], ' Phone', serves)).toEqual(['phone', 'email', 'sms']);
  expect(inOrder(['email', 'phone'], null, serves)).toEqual(['email', 'phone']);
  expect(inOrder(['email', 'phone'], 'fax', serves)).toEqual(['email', 'phone']);
});
