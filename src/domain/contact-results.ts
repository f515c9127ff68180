/** What can come of a call, a message or a meeting. */
export const CONTACT_RESULTS = ['reached', 'no-answer', 'left-message', 'wrong-contact', 'other'] as const;
export type ContactResult = (typeof CONTACT_RESULTS)[number];

/** Results that leave the lead unreached: attempts without an answer. */
export const UNANSWERED: ReadonlySet<string> = new Set<ContactResult>(['no-answer', 'left-message']);

const WORDS: Readonly<Record<ContactResult, string>> = {
  reached: 'reached',
  'no-answer': 'no answer',
  'left-message': 'a message was left',
  'wrong-contact': 'the wrong contact',
  other: 'something else',
};

/** "no answer"; as it is, where it is not known. */
export function resultInWords(result: string): string {
  return Object.hasOwn(WORDS, result) ? WORDS[result as ContactResult] : result;
}
