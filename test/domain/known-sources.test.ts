import { expect, test } from 'vitest';
import { shownSource } from '../../src/domain/known-sources.ts';
import { PLAYBOOK } from '../store/support.ts';

const routing = {
  ...PLAYBOOK.routing,
  rules: [
    { rule: 'shows', when: { any: [{ source: ['trade-show', 'webinar'] }, { not: { source: { is: 'partner' } } }] } },
    { rule: 'all', team: 'inside' },
  ],
} as unknown as typeof PLAYBOOK.routing;
const playbook = { ...PLAYBOOK, routing };

test.each([
  ['trade-show', 'trade-show'],
  ['Webinar', 'webinar'],
  ['partner', 'partner'],
  ['anna-schmidt', 'other'],
  ['Anna Schmidt', 'other'],
  ['inside', 'other'],
  [null, null],
])('the source %s is shown as %s', (source, shown) => {
  expect(shownSource(source, playbook)).toBe(shown);
});

test('a word of the playbook that is no key is not shown', () => {
  const fit = [{ rule: 'named', when: { source: 'Anna Schmidt' }, points: 1 }];
  const named = { ...PLAYBOOK, scoring: { ...PLAYBOOK.scoring, fit } };
  expect(shownSource('Anna Schmidt', named)).toBe('other');
});
