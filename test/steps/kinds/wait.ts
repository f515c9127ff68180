import type { Example } from '../examples.ts';

export const example: Example = {
  steps: `
  - { id: it, wait: 1 day }
  - { id: after, exit: through }
`,
  live: async (story) => (await story.forward('2 days'), await story.stage('dormant')),
  told: /^Step ‘after’ of ‘step-wait’ \(exit\): through$/,
  mistakes: [
    [
      '  - wait: 1 busines day\n  - email: hello\n',
      '3:11  steps[0].wait: expected a duration such as "2 days" or "P2D", found "1 busines day"',
    ],
    [
      '  - email: hello\n  - wait: 1 day\n',
      '4:5  steps[1]: nothing follows this wait; end with "- move: <cadence>" or "- exit: <reason>"',
    ],
  ],
  effects: null,
};
