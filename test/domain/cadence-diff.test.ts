import { expect, test } from 'vitest';
import { diffCadence } from '../../src/domain/cadence-diff.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';

const cadence = loadPlaybook('playbook').cadences.find((one) => one.cadence === 'ebook-resources');

test('a step that says the same under another id may have been renamed; one that says something else has not', () => {
  if (cadence === undefined) throw new Error('the sample has no ebook-resources');
  const last = cadence.steps.at(-1);
  if (last === undefined) throw new Error('it has no steps');
  const others = cadence.steps.slice(0, -1);
  const renamed = { ...cadence, steps: [...others, { ...last, id: 'farewell' }] };
  expect(diffCadence(cadence, renamed)).toContainEqual({ change: 'added', stepId: 'farewell', was: last.id });
  expect(diffCadence(cadence, renamed)).toContainEqual({ change: 'removed', stepId: last.id });
  const another = { ...cadence, steps: [...others, { ...last, id: 'farewell', template: 'another' }] };
  expect(diffCadence(cadence, another)).toContainEqual({ change: 'added', stepId: 'farewell' });
});
