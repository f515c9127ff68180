import type { Example } from '../examples.ts';

export const example: Example = {
  steps: `
  - wait: 1 day
  - { id: it, task: "Write to {{ lead.firstName }}", by: message, to: { team: south }, due: 4 hours }
  - { id: after, exit: through }
`,
  live: async (story) => (await story.forward('2 days'), await story.stage('dormant')),
  told: /^Step ‘it’ of ‘step-task’ \(task\): given to /,
  mistakes: [
    [
      '  - task: Call\n    to: { team: fild }\n  - email: hello\n',
      '4:17  steps[0].to.team: unknown team "fild"; did you mean "field"?',
    ],
    [
      '  - task: Call\n    to: al\n  - email: hello\n',
      '4:9  steps[0].to: expected "owner" or { team: <team of routing.yaml> }, found "al"',
    ],
    [
      '  - task: Call\n    wait: until done\n  - email: hello\n',
      '4:11  steps[0].wait: expected "within" beside it, such as "within: 5 days": nothing waits without end',
    ],
    [
      '  - task: Call\n    within: 2 days\n  - email: hello\n',
      '4:5  steps[0].within: "within" needs "wait: until done" beside it',
    ],
    ['  - task: "Call {{ lead.name"\n  - email: hello\n', '3:11  steps[0].task: not valid Liquid: '],
  ],
  effects: (story) =>
    story.engine.sink.to('dino@sales.example').filter((mail) => mail.text.includes(story.email)).length,
};
