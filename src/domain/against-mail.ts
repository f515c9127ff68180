/** What stands against mail to a lead, in words: for its page and `why`. The decision itself is `mayMail` of consent.ts. */
import { latestWord, MARKETING, type Word } from './consent.ts';
import type { SuppressionReason } from './suppression.ts';
import { TRACKING } from './tracking.ts';

export interface AgainstMail {
  /** In a sentence, without times. */
  what: string;
  /** Null: nothing was ever said. */
  since: Date | null;
  /** What lifts it. */
  lift: string;
  /** The same for who has no command line: whom to ask. */
  ask: string;
  /** False: nobody said no, and what is needed is missing. */
  isRefusal: boolean;
}

export interface MailFacts {
  email: string | null;
  /** Every reason against the address, the oldest first. */
  suppressions: readonly { reason: string; source: string; occurredAt: Date }[];
  /** The latest confirmed word on each topic. */
  words: readonly Word[];
  /** A yes that the person has yet to confirm. */
  unconfirmed: { occurredAt: Date } | null;
}

const NO_MARKETING = 'No marketing mail goes to it';
const NEW_CONSENT =
  'the person alone, by a new consent: in a form, or one that you were given and record with its proof';
const CONFIRMATION = 'the person alone, by the link in the mail that asks for it';

type OfAddress = Exclude<SuppressionReason, 'unsubscribed'>;

/** Each thing on its own; those against every mail first. Empty: marketing mail may go to it. */
export function againstMail({ email, suppressions, words, unconfirmed }: MailFacts): AgainstMail[] {
  if (email === null) {
    const lift = 'an email address';
    return [{ what: 'No mail goes to it: no email address is known', since: null, lift, ask: lift, isRefusal: false }];
  }
  const ofAddress = suppressions.flatMap(({ reason, source, occurredAt }) =>
    reason === 'unsubscribed' ? [] : [ofSuppression(reason as OfAddress, source, occurredAt)],
  );
  const left = suppressions.find(({ reason }) => reason === 'unsubscribed');
  return [...ofAddress, ...ofWords(words, left?.occurredAt ?? null, unconfirmed)];
}

function ofSuppression(reason: OfAddress, source: string, since: Date): AgainstMail {
  const command = `npx nurture suppression lift ADDRESS --reason ${reason}`;
  const { why, lift, ask } = {
    'hard-bounce': {
      why: 'mail to it came back, as there is no such mailbox',
      lift: command,
      ask: 'ask an operator to lift it, once the mailbox is there',
    },
    complaint: {
      why: 'its reader reported a mail as spam',
      lift: `${command} --note "…", with what proves that the person wants mail again`,
      ask: 'ask an operator, with what proves that the person wants mail again',
    },
    manual: {
      why: `a person suppressed it (${source})`,
      lift: command,
      ask: 'ask an operator to lift it',
    },
  }[reason];
  return { what: `No mail goes to its address: ${why}`, since, lift, ask, isRefusal: true };
}

/** What the person said of marketing mail and of topics. `leftAt`: its address is suppressed since then, as it unsubscribed. */
function ofWords(words: readonly Word[], leftAt: Date | null, unconfirmed: MailFacts['unconfirmed']): AgainstMail[] {
  const word = latestWord(words.filter(({ topic }) => topic === MARKETING));
  const onTopics = words.filter(
    ({ topic, atMs }) => topic !== MARKETING && topic !== TRACKING && atMs > (word?.atMs ?? -Infinity),
  );
  if (leftAt === null && word?.granted === true) return onTopics.filter(({ granted }) => !granted).map(ofTopic);
  const wanted = leftAt === null ? onTopics.filter(({ granted }) => granted).map(({ topic }) => `‘${topic}’`) : [];
  const but = wanted.length === 0 ? '' : `, but about ${wanted.toSorted().join(' and ')}`;
  const lift = unconfirmed === null ? NEW_CONSENT : CONFIRMATION;
  const asked = unconfirmed === null ? '' : ', and has yet to confirm that it wants mail again';
  const isRefusal = leftAt !== null || word !== null;
  const [because, since] = isRefusal
    ? [`it has unsubscribed${asked}`, leftAt ?? new Date(word?.atMs ?? 0)]
    : unconfirmed === null
      ? ['there is no consent', null]
      : ['it has yet to confirm its consent', unconfirmed.occurredAt];
  return [{ what: `${NO_MARKETING}${but}: ${because}`, since, lift, ask: lift, isRefusal }];
}

function ofTopic({ topic, atMs }: Word): AgainstMail {
  const lift = 'the person alone, on the page of preferences';
  return {
    what: `No mail about ‘${topic}’ goes to it: it wants none`,
    since: new Date(atMs),
    lift,
    ask: lift,
    isRefusal: true,
  };
}
