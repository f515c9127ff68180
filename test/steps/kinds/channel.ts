import type { Example } from '../examples.ts';

export const example: Example = {
  steps: `
  - wait: 1 day
  - id: it
    channel: preferred
    steps:
      - { id: by-mail, email: plain }
      - { id: by-rep, task: Call them, to: { team: south } }
  - { id: after, exit: through }
`,
  live: async (story) => (await story.forward('2 days'), await story.stage('dormant')),
  told: /^Step ‘it’ of ‘step-channel’ \(channel\): by email, to by-mail$/,
  mistakes: [
    [
      '  - channel: phone\n    steps:\n      - email: hello\n',
      '3:14  steps[0].channel: expected "preferred", found "phone"',
    ],
    [
      '  - channel: preferred\n    steps:\n      - set: { language: de }\n',
      '5:9  steps[0].steps[0]: expected a step that reaches the lead: email, task or webhook',
    ],
    ['  - channel: preferred\n    steps: []\n', '4:12  steps[0].steps: expected at least one step'],
  ],
  effects: null,
};
