import type { Example } from '../examples.ts';

export const example: Example = {
  steps: `
  - wait: 1 day
  - { id: it, exit: through }
`,
  live: async (story) => (await story.forward('2 days'), await story.stage('dormant')),
  told: /^Step ‘it’ of ‘step-exit’ \(exit\): through$/,
  mistakes: [['  - exit: ""\n', '3:11  steps[0].exit: expected a text, found ""']],
  effects: null,
};
