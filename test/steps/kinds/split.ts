import type { Example } from '../examples.ts';

export const example: Example = {
  steps: `
  - wait: 1 day
  - id: it
    split:
      - arm: short
        weight: 30%
        steps:
          - { id: of-short, set: { attributes.arm: short } }
      - { arm: long, weight: 70%, go: of-long }
  - { id: after, exit: through }
  - { id: of-long, set: { attributes.arm: long }, next: after }
`,
  live: async (story) => (await story.forward('2 days'), await story.stage('dormant')),
  told: /^Step ‘it’ of ‘step-split’ \(split\): arm (short|long)$/,
  mistakes: [
    [
      '  - split:\n      - { arm: a, go: hello }\n      - { arm: b, weight: 0, go: hello }\n  - id: hello\n    email: hello\n',
      '5:27  steps[0].split[1].weight: expected a weight above zero such as 2 or 50%; an arm that nobody is to get is left out, found 0',
    ],
    [
      '  - split:\n      - { arm: a, weight: -1%, go: hello }\n      - { arm: b, go: hello }\n  - id: hello\n    email: hello\n',
      '4:27  steps[0].split[0].weight: expected a weight above zero such as 2 or 50%; an arm that nobody is to get is left out, found "-1%"',
    ],
    [
      '  - split:\n      - { arm: a, go: hello }\n      - { arm: a, go: hello }\n  - id: hello\n    email: hello\n',
      '5:16  steps[0].split[1].arm: the arm "a" is there twice; give each arm a name of its own',
    ],
    [
      '  - split:\n      - { arm: a, go: hello }\n  - id: hello\n    email: hello\n',
      '4:7  steps[0].split: one arm is no choice; write a second one, or a holdout',
    ],
    [
      '  - split:\n      - { arm: a }\n      - { arm: b, go: hello }\n  - id: hello\n    email: hello\n',
      '4:9  steps[0].split[0]: expected "go" with the id of a step, or "steps" with steps of its own',
    ],
    [
      '  - split:\n      - { arm: a, go: hello }\n    holdout: 100%\n  - id: hello\n    email: hello\n',
      '5:14  steps[0].holdout: expected a share between 0% and 100% such as 10%, found "100%"',
    ],
    ['  - split: []\n  - email: hello\n', '3:12  steps[0].split: expected at least one arm'],
  ],
  effects: null,
};
