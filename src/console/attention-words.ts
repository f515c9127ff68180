/** What waits for a person, in plain words: what it is, what is to be done, and where. */
import type { AttentionKind } from '../store/lists/attention.ts';

interface Words {
  /** The heading of its group. */
  title: string;
  /** In three or four words, beside each entry. */
  todo: string;
  /** The same at length, once a group. Reps and managers read it, too. */
  how: string;
  /** Of the command line, for who has it. */
  commands?: readonly string[];
}

export const ATTENTION_WORDS: Readonly<Record<AttentionKind, Words>> = {
  held: {
    title: 'Held: the lead’s process could not go on',
    todo: 'Resume it',
    how: 'Remove the cause, then press Resume on the lead’s page.',
  },
  finding: {
    title: 'The engine found something wrong with a process',
    todo: 'Wait, then restart it',
    how: 'The process was rung and should recover by itself. If it stays here, an operator ends it in the Temporal UI: a new one starts.',
  },
  'send-in-doubt': {
    title: 'A mail may or may not have left',
    todo: 'Resend or dismiss',
    how: 'Look into the log of the mail server. The engine does not send it again by itself: send it once more if it did not arrive, or dismiss it.',
  },
  'rep-mail-in-doubt': {
    title: 'A list or alerts to a rep may or may not have left',
    todo: 'Ask the rep',
    how: 'Ask whether the mail arrived. If it did not, an operator has it sent once more, or dismisses it; the rep’s desk has all that it told of. The entry goes also with the rep’s next list, or once the leads of the alerts wait for the rep no more.',
  },
  reroute: {
    title: 'Sent back to a manager',
    todo: 'Assign it',
    how: 'Say on the board who gets it.',
  },
  unassigned: {
    title: 'Nobody has it',
    todo: 'Assign it',
    how: 'Say on the board who gets it, or see to it that somebody has room.',
  },
  'asked-again': {
    title: 'A disqualified lead asked again',
    todo: 'Decide on it',
    how: 'It gets no answer by itself. Decide whether it is still disqualified, and contact it.',
  },
  'no-decision': {
    title: 'No decision in time',
    todo: 'Ask, or hand over',
    how: 'Ask the rep to accept or reject it, or hand the lead over on the board.',
  },
  'task-overdue': {
    title: 'A task is overdue',
    todo: 'See that it is done',
    how: 'Ask the rep, or do it yourself, and log it on the lead’s page.',
  },
  'late-contact': {
    title: 'The first contact is late',
    todo: 'Contact or hand over',
    how: 'See to it that the rep calls or writes and logs it, or hand the lead over on the board.',
  },
  'late-answer': {
    title: 'A reply was not answered in time',
    todo: 'Answer or hand over',
    how: 'See to it that the rep answers and logs it, or hand the lead over on the board.',
  },
  stuck: {
    title: 'Nothing happens with the lead',
    todo: 'Ask for the next step',
    how: 'Ask the rep what comes next, and have it planned with a date; or hand the lead over on the board.',
  },
  'run-stopped': {
    title: 'A change of many leads stopped',
    todo: 'Resume or cancel it',
    how: 'Ask an operator: the cause is to be removed, then the change resumed or canceled.',
    commands: ['npx nurture runs resume', 'npx nurture runs cancel'],
  },
  'broadcast-stopped': {
    title: 'A broadcast stopped',
    todo: 'Resume or cancel it',
    how: 'Remove the cause, then resume or cancel it on its page. Where a variant is to be chosen, choose it there.',
    commands: ['npx nurture broadcast resume', 'npx nurture broadcast cancel', 'npx nurture broadcast winner'],
  },
  'newsletter-not-sent': {
    title: 'A newsletter did not go out',
    todo: 'See why, send it',
    how: 'Do what the reason says; then wait for its next time, or have it sent now.',
    commands: ['npx nurture newsletter send-now'],
  },
  paused: {
    title: 'Paused',
    todo: 'Resume it',
    how: 'An operator or a marketer resumes it once what it was paused for is done.',
    commands: ['npx nurture sending resume', 'npx nurture cadence resume'],
  },
  'receiver-refuses': {
    title: 'A receiving domain refuses our mails',
    todo: 'Mend the cause',
    how: 'Mails to it wait, and one tries after each pause. An operator mends the cause (a block list, the DNS, too much mail) and then ends the pause: they leave at once.',
    commands: ['npx nurture email doctor', 'npx nurture sending lift'],
  },
  'mail-returned': {
    title: 'A mail came back, or was answered',
    todo: 'Read it and decide',
    how: 'Stop mail to an address that is gone for good or wants no more; dismiss what needs nothing.',
  },
  'canary-halted': {
    title: 'The trial of a new revision was halted',
    todo: 'Mend and publish',
    how: 'See on its page how it did, mend the files, and publish again.',
    commands: ['npx nurture cadence results'],
  },
  'unknown-campaign': {
    title: 'A campaign that nobody has listed',
    todo: 'List it',
    how: 'List it in campaigns.yaml, or give the campaign that is meant a rule (utm) that fits. Then publish.',
  },
};
