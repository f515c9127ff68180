/** Places as people count them: the second step is step 2, and has its name. */
import { expect, it } from 'vitest';
import { mistakesInWords } from './folder.ts';

const STEPS = 'name: Slow\nsteps:\n';

it.each<[string, string, string, string]>([
  [
    'a step with an id',
    'cadences/slow.yaml',
    `${STEPS}  - email: hello\n  - id: pause\n    wait: 2 dayz\n  - email: again\n`,
    'cadences/slow.yaml:5:11  step 2 ‘pause’, wait: expected a duration such as "2 days" or "P2D", found "2 dayz"',
  ],
  [
    'a step without one has the id that it is given',
    'cadences/slow.yaml',
    `${STEPS}  - email: hello\n  - wait: 2 dayz\n  - email: again\n`,
    'cadences/slow.yaml:4:11  step 2 ‘wait-after-hello’, wait: expected a duration such as "2 days" or "P2D", found "2 dayz"',
  ],
  [
    'a step inside an arm',
    'cadences/slow.yaml',
    `${STEPS}  - id: which\n    split:\n      - { arm: a, steps: [{ email: hello }] }\n      - { arm: b, steps: [{ email: helo }] }\n`,
    'cadences/slow.yaml:6:36  step 1 ‘which’, split 2 ‘b’, step 1 ‘helo’, email: unknown template "helo"; did you mean "hello"?',
  ],
  [
    'an id that is taken',
    'cadences/slow.yaml',
    `${STEPS}  - { id: a, email: hello }\n  - { id: a, email: again }\n`,
    'cadences/slow.yaml:4:11  step 2 ‘a’, id: the id "a" is used already by step 1',
  ],
  [
    'a rule of scoring',
    'scoring.yaml',
    'halfLife: 30 days\nengagement:\n  - { rule: one, event: email.clicked, points: 1 }\n  - { rule: two, event: email.clickt, points: 1 }\nfit: []\ngrades: { A: 30, B: 15, C: 0 }\nready: { A: 30, B: 40, C: 60, D: never }\nhighIntent: []\n',
    'scoring.yaml:4:25  engagement 2 ‘two’, event: unknown event "email.clickt"; did you mean "email.clicked"? Or list it in playbook/events.yaml',
  ],
])('%s', (_, file, text, expected) => {
  expect(mistakesInWords({ [file]: text })).toEqual([expected]);
});
