/** What a rep is told first: why this lead comes now, and what to do next. In words that people use. */
import { BY_ACCOUNT } from './account-readiness.ts';
import { isEntered } from './queued.ts';
import { quoted } from './stated-words.ts';

export interface NowFacts {
  atMs: number;
  /** The latest thing that it did, or the event that qualified it. */
  event: { what: string; atMs: number } | null;
  /** The event that made it ready, or `readiness`: its score and grade; null: it did not become ready. */
  qualifiedBy: string | null;
  qualifiedAtMs: number | null;
  /** What that event is called; null as `qualifiedBy` is. */
  cause: string | null;
  grade: string;
  jobTitle: string | null;
  companySize: number | null;
  /** Of its account, who made it ready together. */
  people: readonly { name: string | null; jobTitle: string | null }[];
  phone: string | null;
  email: string | null;
  /** Mail to the address came back: it does not exist. */
  isDead: boolean;
  preferredChannel: string | null;
  recycleCount: number;
  /** Why a rep sent it away last. */
  lastReason: string | null;
  /** Letters of BANT that nobody knows: "budget". */
  unknown: readonly string[];
}

/** Of these, what tells why it comes now. */
type WhyFacts = Pick<
  NowFacts,
  'atMs' | 'event' | 'qualifiedBy' | 'qualifiedAtMs' | 'cause' | 'grade' | 'jobTitle' | 'companySize' | 'people'
>;

/** "Asked for a demo: “/pricing” 2 minutes ago; grade A, “owner”, 100 to 500 staff" */
export function whyNow(facts: WhyFacts): string {
  const who = [
    `grade ${facts.grade}`,
    ...(facts.jobTitle === null ? [] : [quoted(facts.jobTitle)]),
    ...(facts.companySize === null ? [] : [staffInWords(facts.companySize)]),
  ].join(', ');
  return `${reason(facts)}; ${who}`;
}

function reason({ event, qualifiedBy, qualifiedAtMs, cause, people, atMs }: WhyFacts): string {
  const did = event === null ? null : `${event.what} ${ago(atMs - event.atMs)}`;
  if (qualifiedBy === BY_ACCOUNT && people.length > 0)
    return `${people.length} people of its company show interest together: ${people.map(personInWords).join(', ')}`;
  if (isEntered(qualifiedBy)) return did === null ? 'Was put with sales by hand' : `Was put with sales by hand; ${did}`;
  if (did !== null) return did;
  if (qualifiedBy === null) return 'Nothing that it did is known yet';
  const when = qualifiedAtMs === null ? '' : ` ${ago(atMs - qualifiedAtMs)}`;
  // The score fades, so that it may be low again by now.
  return `Became ready${when} by ${qualifiedBy === BY_SCORE ? 'its score' : `‘${cause ?? qualifiedBy}’`}`;
}

/** `qualifiedBy` of a lead that no single event made ready. */
const BY_SCORE = 'readiness';

function personInWords({ name, jobTitle }: NowFacts['people'][number]): string {
  return `${name === null ? 'somebody without a name' : quoted(name)}${jobTitle === null ? '' : ` (${quoted(jobTitle)})`}`;
}

/** What to do next, in one or two sentences. */
export function nextAction(facts: NowFacts): string {
  const { recycleCount, lastReason, unknown, qualifiedBy } = facts;
  const ask =
    recycleCount > 0
      ? `Ask what has changed${lastReason === null ? '' : ` since it was sent back as ‘${lastReason}’`}.`
      : qualifiedBy === BY_ACCOUNT
        ? 'Ask who else of the company is in it, and who decides.'
        : unknown.length > 0
          ? `Find out: ${unknown.join(', ')}.`
          : 'Agree on the next step and its date.';
  return `${reachOf(facts)} ${ask}`;
}

function reachOf({ phone, email, isDead, preferredChannel }: NowFacts): string {
  if (email !== null && isDead)
    return phone === null
      ? 'Mail to their address came back, and there is no phone number: find another way to reach them.'
      : 'Call them today: mail to their address came back.';
  const byMail = phone === null || (preferredChannel === 'email' && email !== null);
  return byMail ? 'Write to them today and offer two times for a call.' : 'Call them today.';
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "2 minutes ago" */
export function ago(ms: number): string {
  if (ms < MINUTE_MS) return 'just now';
  const [amount, unit] =
    ms < HOUR_MS
      ? [Math.floor(ms / MINUTE_MS), 'minute']
      : ms < 2 * DAY_MS
        ? [Math.floor(ms / HOUR_MS), 'hour']
        : [Math.floor(ms / DAY_MS), 'day'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'} ago`;
}

const SIZES = [1, 10, 50, 100, 500, 1_000, 5_000] as const;

/** "100 to 500 staff" */
export function staffInWords(people: number): string {
  const from = SIZES.findLast((size) => people >= size) ?? 1;
  const to = SIZES.find((size) => size > people);
  return to === undefined
    ? `${from.toLocaleString('en')} staff and more`
    : `${from.toLocaleString('en')} to ${to.toLocaleString('en')} staff`;
}
