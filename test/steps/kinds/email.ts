import type { Example } from '../examples.ts';

export const example: Example = {
  steps: `
  - wait: 1 day
  - { id: it, email: plain }
  - { id: after, exit: through }
`,
  live: async (story) => (await story.forward('2 days'), await story.stage('dormant')),
  told: /^Email ‘plain’ sent$/,
  mistakes: [
    ['  - email: helo\n', '3:12  steps[0].email: unknown template "helo"; did you mean "hello"?'],
    ['  - email: 3\n', '3:12  steps[0].email: expected a text, found 3'],
  ],
  effects: (story) => story.engine.sink.to(story.email).length,
};
