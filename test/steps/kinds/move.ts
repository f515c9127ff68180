import type { Example } from '../examples.ts';

export const example: Example = {
  steps: `
  - wait: 1 day
  - { id: it, move: back }
`,
  live: async (story) => (await story.forward('30 hours'), await story.inCadence('back')),
  told: /^Step ‘it’ of ‘step-move’ \(move\): to back$/,
  mistakes: [
    ['  - move: welcom\n', '3:11  steps[0].move: unknown cadence "welcom"; did you mean "welcome"?'],
    [
      '  - move: thanks\n',
      '3:11  steps[0].move: "thanks" has the purpose customer, but this cadence has the purpose nurture; name a cadence with the same purpose',
    ],
  ],
  effects: null,
};
