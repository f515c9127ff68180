import { startHookSink } from '../../support/hook-sink.ts';
import type { Example } from '../examples.ts';

const sink = await startHookSink();

export const example: Example = {
  steps: `
  - wait: 1 day
  - { id: it, webhook: "${sink.url}/it", send: [source], text: "Hello {{ lead.firstName }}", message: false }
  - { id: after, exit: through }
`,
  live: async (story) => (await story.forward('2 days'), await story.stage('dormant')),
  told: /^Webhook ‘it’ sent$/,
  mistakes: [
    [
      '  - webhook: sms.example\n',
      '3:14  steps[0].webhook: expected an address such as "https://sms.example/send", found "sms.example"',
    ],
    [
      '  - webhook: https://me:secret@sms.example/send\n',
      '3:14  steps[0].webhook: an address must not hold a password; the receiver checks the signature instead',
    ],
    [
      '  - webhook: https://sms.example/{{ lead.phone }}\n',
      '3:14  steps[0].webhook: the address is the same for every lead; send what differs with "send" or "text"',
    ],
    [
      '  - webhook: https://sms.example/send\n    send: [phone, firstname]\n',
      '4:19  steps[0].send[1]: unknown field "firstname"; did you mean "firstName"?; own fields are written attributes.<name>',
    ],
    [
      '  - webhook: https://sms.example/send\n    text: "Hi {{ lead.firstName"\n',
      '4:11  steps[0].text: not valid Liquid: ',
    ],
    [
      '  - webhook: https://sms.example/send\n    topic: news\n    message: false\n',
      '5:14  steps[0].message: a step with a topic is a message to the lead; leave out "topic" or "message: false"',
    ],
  ],
  effects: (story) => new Set(sink.of(story.leadId).map(({ id }) => id)).size,
  repeats: true,
};
