import type { ShownSendStatus } from './send-status.ts';

/** Messages in words: for the timeline, `why` and answers of the API. */

export interface SendFacts {
  template: string;
  /** The channel: email … */
  channel: string;
  audience: string;
  status: ShownSendStatus;
  reason: string | null;
  resendOf: string | null;
  /** Key of the broadcast that it is a message of. */
  broadcast?: string | null;
}

/** A message in one line. */
export function sendTitle(send: SendFacts): string {
  const of = typeof send.broadcast === 'string' ? ` of broadcast ‘${send.broadcast}’` : '';
  const name = `${send.channel} ‘${send.template}’${of}${send.audience === 'rep' ? ' to the rep' : ''}`;
  const what = send.resendOf === null ? name.charAt(0).toUpperCase() + name.slice(1) : `Resent ${name}`;
  const because = send.reason === null ? '' : `: ${reasonInWords(send.reason)}`;
  switch (send.status) {
    case 'claimed':
      return `${what} is being sent`;
    case 'sent':
      return `${what} sent`;
    case 'delivered':
      return `${what} delivered`;
    case 'bounced':
      return `${what} sent, and came back`;
    case 'complained':
      return `${what} sent; its reader reported it as spam`;
    case 'in_doubt':
      return `${what} may or may not have been sent; it is not repeated by itself`;
    case 'failed':
      return `${what} failed${because}`;
    case 'skipped':
      return `${what} not sent${because}`;
  }
}

const SKIPPED: Readonly<Record<string, string>> = {
  'no-email': 'no email address is known',
  'no-webhook': 'no phone number is known',
  'no-phone': 'no phone number is known',
  'no-task': 'neither a phone number nor an email address is known',
  'no-consent': 'there is no consent to marketing mail',
  unsubscribed: 'the lead has unsubscribed',
  'hard-bounce': 'mail to the address bounced: it does not exist',
  complaint: 'the recipient complained about a mail',
  'control-group': 'the lead is of the control group, which gets no marketing',
  'has-material': 'the lead has what it gives',
  'too-many-offers': 'the lead got as many offers as settings.yaml allows for now',
  'already-got': 'the lead has got it before',
  'answered-just-now': 'the same was asked for and answered a moment before',
  'asked-often': 'such links were mailed to the address often enough for a day',
  'answered-often': 'ten requests were answered within a day',
  manual: 'a person suppressed the address by hand',
  paused: 'the lead is paused',
  held: 'the lead is held',
  sunset: 'the lead has not engaged for long',
  canceled: 'the broadcast was canceled',
  'quiet-hours': 'its quiet hours did not end in time',
  snoozed: 'it asked for no mail for some time',
};

/** Why a message was not sent or could not be sent: a known code in words, any other text (an answer of a mail server) as it is. */
export function reasonInWords(reason: string): string {
  const [, suppressed] = /^suppressed:(.+)$/.exec(reason) ?? [];
  if (suppressed !== undefined) {
    const reasons = suppressed.split(',').map((one) => SKIPPED[one] ?? one);
    return `the address is suppressed, since ${reasons.join(', and ')}`;
  }
  const [, topic] = /^unsubscribed:(.+)$/.exec(reason) ?? [];
  if (topic !== undefined) return `the lead does not want mail about ‘${topic}’`;
  const [, stage] = /^stage-(.+)$/.exec(reason) ?? [];
  if (stage !== undefined) return `the lead is in stage ${stage}, in which no drip is sent`;
  return SKIPPED[reason] ?? reason;
}
