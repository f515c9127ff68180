/** May a lead get a message on a topic? What it said, what stands against its address, and one answer. */

/** The topic that speaks for every topic. */
export const MARKETING = 'marketing';

/** A yes or a no on a topic. */
export interface Word {
  topic: string;
  granted: boolean;
  /** Lead's clock, epoch milliseconds. */
  atMs: number;
  /** Ids are given in the order in which words are recorded. */
  id: string;
}

export type ReasonNotToReach =
  /** Followed by the channel: the lead has no address there. */
  | `no-${string}`
  | 'no-consent'
  | 'unsubscribed'
  /** It left the topic, and nothing else. */
  | `unsubscribed:${string}`
  /** Followed by every reason that holds, with commas. */
  | `suppressed:${string}`;
export type MayReach = { may: true } | { may: false; reason: ReasonNotToReach };

/** All that the answer needs. */
export interface MailWord {
  /** Every reason why the address must not be mailed, the oldest first. */
  suppressions: readonly string[];
  /** At least the latest word on each topic. */
  words: readonly Word[];
}

/**
 * The latest word decides, and a word on `marketing` is a word on every topic. Of two of the same instant the one recorded later
 * counts; SQL asks by the same rule (src/store/consent/consent.ts).
 */
export function latestWord(words: readonly Word[], topic: string = MARKETING): Word | null {
  let latest: Word | null = null;
  for (const word of words) {
    if (word.topic !== topic && word.topic !== MARKETING) continue;
    if (latest === null || isLater(word, latest)) latest = word;
  }
  return latest;
}

function isLater(one: Word, other: Word): boolean {
  return one.atMs === other.atMs ? one.id > other.id : one.atMs > other.atMs;
}

const ABOUT_THE_MAILBOX: ReadonlySet<string> = new Set(['hard-bounce', 'soft-bounce']);

/** Without a word there is no message; a suppressed address gets none on any topic. `address`: the lead's in this channel. */
export function mayReach(
  { channel, address }: { channel: string; address: string | null },
  { suppressions, words }: MailWord,
  topic: string = MARKETING,
): MayReach {
  if (address === null) return { may: false, reason: `no-${channel}` };
  // That a mailbox does not exist says nothing about another address.
  const holding = channel === 'email' ? suppressions : suppressions.filter((reason) => !ABOUT_THE_MAILBOX.has(reason));
  if (holding.some((reason) => reason !== 'unsubscribed'))
    return { may: false, reason: `suppressed:${holding.join(',')}` };
  if (holding.length > 0) return { may: false, reason: 'unsubscribed' };
  const word = latestWord(words, topic);
  if (word === null) return { may: false, reason: 'no-consent' };
  if (word.granted) return { may: true };
  return { may: false, reason: word.topic === MARKETING ? 'unsubscribed' : `unsubscribed:${word.topic}` };
}

/** How the person said that it wants none of our mail any more; null: it did not. A mailbox that does not exist says nothing of the person. */
export function saidNoMore(answer: MayReach): 'unsubscribed' | 'complained' | null {
  if (answer.may) return null;
  const [, suppressed = ''] = /^suppressed:(.+)$/.exec(answer.reason) ?? [];
  const reasons = suppressed.split(',');
  if (reasons.includes('complaint')) return 'complained';
  return answer.reason === 'unsubscribed' || reasons.includes('unsubscribed') ? 'unsubscribed' : null;
}

/**
 * May a lead get the answer to its own request? It asked for it, so no consent to marketing is needed, and having left the list does
 * not stand against it. An address that does not exist, whose owner complained, or that a person suppressed gets none.
 */
export function mayAnswer(
  { channel, address }: { channel: string; address: string | null },
  { suppressions }: MailWord,
): MayReach {
  if (address === null) return { may: false, reason: `no-${channel}` };
  const forbids = suppressions.filter((reason) => reason !== 'unsubscribed');
  return forbids.length === 0 ? { may: true } : { may: false, reason: `suppressed:${forbids.join(',')}` };
}

/** Whether the lead gets mail on each topic, as the preference page shows it. */
export function wantsTopic({ suppressions, words }: MailWord, topic: string): boolean {
  return !suppressions.includes('unsubscribed') && latestWord(words, topic)?.granted === true;
}

/** May the lead get marketing mail? */
export function mayMail(email: string | null, word: MailWord, topic?: string): MayReach {
  return mayReach({ channel: 'email', address: email }, word, topic);
}
