import type { Example } from '../examples.ts';

export const example: Example = {
  steps: `
  - wait: 1 day
  - { id: it, set: { attributes.interest: pumps, language: de } }
  - { id: after, exit: through }
`,
  live: async (story) => (await story.forward('2 days'), await story.stage('dormant')),
  told: /^Step ‘it’ of ‘step-set’ \(set\): set attributes\.interest, language$/,
  mistakes: [
    [
      '  - set: {}\n  - email: hello\n',
      '3:10  steps[0].set: expected fields with their values, such as { attributes.interest: pumps }, found no keys',
    ],
    [
      '  - set: { langage: de }\n  - email: hello\n',
      '3:12  steps[0].set.langage: a step cannot set "langage"; did you mean "language"?; own fields are written attributes.<name>',
    ],
    [
      '  - set: { attributes.tags: [a, b] }\n  - email: hello\n',
      '3:29  steps[0].set.attributes.tags: expected a text, a number, true or false, or null for unknown, found a list',
    ],
    [
      '  - set: { language: 7 }\n  - email: hello\n',
      '3:22  steps[0].set.language: expected a text, or null for unknown, found 7',
    ],
  ],
  effects: null,
};
