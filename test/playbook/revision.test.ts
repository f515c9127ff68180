import { describe, expect, it } from 'vitest';
import type { Cadence } from '../../src/domain/cadence.ts';
import { cadenceHash, templatesOf } from '../../src/playbook/revision.ts';
import { load, SOUND } from './folder.ts';

function welcome(text = SOUND['cadences/welcome.yaml'] ?? ''): Cadence {
  const found = load({ 'cadences/welcome.yaml': text }).cadences.find((one) => one.cadence === 'welcome');
  if (!found) throw new Error('no cadence');
  return found;
}
const hashes = { hello: 'h1', again: 'a1' };

describe('cadenceHash', () => {
  const original = cadenceHash(welcome(), hashes);
  const text = SOUND['cadences/welcome.yaml'] ?? '';

  it('is a sha256 and stays the same', () => {
    expect(original).toMatch(/^[0-9a-f]{64}$/);
    expect(cadenceHash(welcome(), { again: 'a1', hello: 'h1', unused: 'x' })).toBe(original);
    expect(cadenceHash(welcome(`# a comment\n${text}`), hashes)).toBe(original);
    expect(cadenceHash(welcome(text.replace('2 days', 'P2D')), hashes)).toBe(original);
    const turned = Object.fromEntries(Object.entries(welcome()).toReversed()) as unknown as Cadence;
    expect(cadenceHash(turned, hashes)).toBe(original);
  });

  it('changes with the steps, their order and the templates used', () => {
    expect(cadenceHash(welcome(text.replace('2 days', '3 days')), hashes)).not.toBe(original);
    const one = welcome();
    expect(cadenceHash({ ...one, steps: one.steps.toReversed() }, hashes)).not.toBe(original);
    expect(cadenceHash(one, { ...hashes, hello: 'h2' })).not.toBe(original);
  });

  it('knows the templates', () => {
    expect(templatesOf(welcome())).toEqual(['again', 'hello']);
  });
});
