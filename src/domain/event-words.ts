/** What the engine's own events are called before people. */
const KNOWN: Readonly<Record<string, string>> = {
  'email.opened': 'Opened an email',
  'email.clicked': 'Clicked in an email',
  'page.viewed': 'Viewed a page',
  'page.dwelled': 'Read a page',
  'form.submitted': 'Submitted a form',
  'order.placed': 'Placed an order',
  'webinar.attended': 'Attended a webinar',
  'webinar.missed': 'Did not come to a webinar',
  'reply.received': 'Answered an email',
  'email.bounced': 'An email came back',
  unsubscribed: 'Unsubscribed',
  'preferences.changed': 'Chose what mail it gets',
  'absence.noted': 'Out of office: mails wait until the day of return',
};

/** A mail that the lead did not get, or reported. A bounce that says nothing of its own is an email that came back. */
export function bounceInWords({ verdict, heardAt, reason, status }: BounceProperties): string {
  const what = heardAt === 'hand-over' ? 'An email was not taken' : 'An email came back';
  const said = typeof reason === 'string' ? reason : typeof status === 'string' ? status : null;
  const words = said === null ? '' : `: ${said}`;
  if (verdict === 'sender') return `${what} because of us, not of the lead${words}`;
  if (verdict === 'soft') return `${what}, as its mailbox takes nothing for now${words}`;
  if (verdict === 'hard') return `${what}, as its address does not exist${words}`;
  if (verdict === 'complaint') return 'Reported an email as spam';
  return what;
}

interface BounceProperties {
  verdict?: unknown;
  heardAt?: unknown;
  reason?: unknown;
  status?: unknown;
}

/** An event as events.yaml lists it. */
interface Described {
  event: string;
  description: string;
}

/** "Asked for a demonstration": the engine's words, or the first sentence that events.yaml says of it. An event that it does not list: "Event door.opened". */
export function eventInWords(type: string, events: readonly Described[]): string {
  if (Object.hasOwn(KNOWN, type)) return KNOWN[type] ?? type;
  const described = events.find(({ event }) => event === type);
  return (described && firstSentence(described.description)) || `Event ${type}`;
}

/** The types of events in a text of the engine, in words: "by “Asked for a demonstration”" for "by demo.requested". Other words stay. */
export function eventsInWords(text: string, events: readonly Described[]): string {
  const isEvent = (word: string): boolean => Object.hasOwn(KNOWN, word) || events.some(({ event }) => event === word);
  return text.replaceAll(/[a-z][\w-]*(?:\.[\w-]+)+/g, (word) =>
    isEvent(word) ? `“${eventInWords(word, events)}”` : word,
  );
}

/** Without its full stop. */
function firstSentence(text: string): string {
  const [first = ''] = text.trim().split(/\.(?:\s+(?=\p{Lu})|$)/u);
  return first;
}
