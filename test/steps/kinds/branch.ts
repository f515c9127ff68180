import type { Example } from '../examples.ts';

export const example: Example = {
  steps: `
  - wait: 1 day
  - id: it
    branch:
      - { when: { source: step-branch }, go: after }
      - else: other
  - { id: other, exit: on the other way }
  - { id: after, exit: through }
`,
  live: async (story) => (await story.forward('2 days'), await story.stage('dormant')),
  told: /^Step ‘it’ of ‘step-branch’ \(branch\): to after: source is step-branch$/,
  mistakes: [
    [
      '  - branch:\n      - go: hello\n  - id: hello\n    email: hello\n',
      '4:9  steps[0].branch[0]: expected "when" with "go" or "steps", or "else", found keys with values',
    ],
    [
      '  - branch:\n      - when: { score: { gte: 20 } }\n        go: hello\n',
      '4:7  steps[0].branch: no step follows this branch; end it with "- else: <step>"',
    ],
  ],
  effects: null,
};
