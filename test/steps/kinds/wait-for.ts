import type { Example } from '../examples.ts';

export const example: Example = {
  steps: `
  - { id: it, waitFor: email.clicked, within: 3 days }
  - { id: after, exit: through }
`,
  live: async (story) => (await story.does('email.clicked'), await story.stage('dormant')),
  told: /^Step ‘it’ of ‘step-wait-for’ \(waitFor\): came: /,
  mistakes: [
    [
      '  - waitFor: email.clickd\n    within: 1 day\n  - email: hello\n',
      '3:14  steps[0].waitFor: unknown event "email.clickd"; did you mean "email.clicked"?',
    ],
    [
      '  - waitFor: email.clicked\n    within: 1 day\n    then: nowhere\n    else: hello\n  - id: hello\n    email: hello\n',
      '5:11  steps[0].then: unknown step "nowhere"; known: wait-for-email-clicked-at-start, hello',
    ],
    [
      '  - waitFor: { event: page.viewed, where: { count: { gtee: 3 } } }\n    within: 1 day\n  - email: hello\n',
      '3:60  steps[0].waitFor.where.count.gtee: unknown operator "gtee"; did you mean "gte"?',
    ],
    [
      '  - waitFor: { attribute: contry }\n    within: 1 day\n  - email: hello\n',
      '3:27  steps[0].waitFor.attribute: no wait for "contry"; did you mean "country"?; own fields are written attributes.<name>',
    ],
    [
      '  - waitFor: { segment: growrs }\n    within: 1 day\n  - email: hello\n',
      '3:25  steps[0].waitFor.segment: unknown segment "growrs"',
    ],
    [
      '  - waitFor: page.viewed\n    within: 1 day\n    for: 1 day\n  - email: hello\n',
      '5:5  steps[0].for: "for" and "within" mean the same; write one of them',
    ],
    [
      '  - waitFor: [a]\n    within: 1 day\n  - email: hello\n',
      '3:14  steps[0].waitFor: expected an event such as order.placed',
    ],
  ],
  effects: null,
};
