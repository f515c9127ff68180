import { expect, test } from 'vitest';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { asciiPicture, mermaidPicture } from '../../src/steps/picture.ts';

const offer = loadPlaybook('playbook').cadences.find((one) => one.cadence === 'trade-show-offer');

test('the picture of a cadence has its steps in order, and every way that does not lead to the step below', () => {
  if (offer === undefined) throw new Error('the sample has no trade-show-offer');
  const lines = asciiPicture(offer, (id) => (id === 'reminder' ? '3 here' : '')).split('\n');
  const ids = lines.flatMap((line) => /^\d+ +([\w-]+):/.exec(line.trim())?.[1] ?? []);
  expect(ids).toEqual(offer.steps.map(({ id }) => id));
  expect(lines.find((line) => line.includes('reminder:'))).toMatch(/‘show-offer-reminder’ {2,}3 here$/);
  expect(lines.join('\n')).toContain('├─ not within 4 days → reminder');
  expect(lines.at(-1)).toMatch(/└─ → cadence material$/);
});

test('as Mermaid each step is a box and each way an arrow', () => {
  if (offer === undefined) throw new Error('the sample has no trade-show-offer');
  const lines = mermaidPicture(offer, (id) => (id === 'reminder' ? 'sent 4 <3' : '')).split('\n');
  expect(lines[0]).toBe('flowchart TD');
  expect(lines.filter((line) => /^ {2}s\d+\["/.test(line))).toHaveLength(offer.steps.length);
  expect(lines).toContain('  s4 -->|"not within 4 days"| s6');
  expect(lines).toContain(`  s${offer.steps.length} --> cadence_material(["cadence material"])`);
  expect(lines.find((line) => line.includes('s6['))).toContain('<br/>sent 4 #lt;3');
});

test('the answers to a request stand above the steps', () => {
  if (offer === undefined) throw new Error('the sample has no trade-show-offer');
  const cadence = { ...offer, answer: [{ template: 'guide', when: { source: 'ebook' } }, { template: 'thanks' }] };
  expect(asciiPicture(cadence).split('\n').slice(0, 3)).toEqual([
    '    Answer at once: email ‘guide’ when source is ebook',
    '    Answer at once: email ‘thanks’ otherwise',
    '',
  ]);
  expect(mermaidPicture(cadence).split('\n').slice(1, 3)).toEqual([
    '  a1(["Answer at once: email ‘guide’ when source is ebook"])',
    '  a2(["Answer at once: email ‘thanks’ otherwise"])',
  ]);
});
