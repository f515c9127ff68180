/** Tells people's opens and clicks from those of scanners and privacy proxies. */
import type { Agent } from './agent.ts';

/**
 * `human`: a person's. `suspect`: may be a scanner's, and counts once a human sign follows. `machine`: never counts. `unknown`: cannot be
 * told, such as the fetch of a proxy that also serves people; it counts.
 */
export type Verdict = 'human' | 'suspect' | 'machine' | 'unknown';

/**
 * What a request hints at. `after-head`: the message was asked about by HEAD a moment before. `scanner-network`: it came from a network of
 * a mail gateway. `hosting-network`: from one where servers are rented. `persona`: a person by definition, in a simulation.
 */
export type Hint = 'after-head' | 'scanner-network' | 'hosting-network' | 'persona';

/** Why a verdict is not `human`. */
export type VerdictReason =
  | 'head'
  | 'after-head'
  | 'too-soon'
  | 'several-links'
  | 'several-people'
  | 'program'
  | 'apple-proxy'
  | 'scanner-network'
  | 'only-link'
  | 'colleague-too'
  | 'hosting-network'
  | 'web-mail-proxy'
  | 'no-agent';

export interface Judged {
  verdict: Verdict;
  /** Those that led to the verdict; none for `human`. */
  reasons: VerdictReason[];
}

/** What is known of one fetch of a pixel or a tracked link by itself. */
export interface FetchSignals {
  kind: 'open' | 'click';
  /** The HTTP method, in any case. */
  method: string;
  agent: Agent;
  hints: readonly Hint[];
  /** Milliseconds since the mail server accepted the message, 0 while it is handed over; null when that is not known. */
  sinceSentMs: number | null;
}

/** The same with what happened around it. */
export interface EngagementSignals extends FetchSignals {
  /** How many *other* links of the same message were fetched within `atOnceMs` of this fetch. */
  otherLinksAtOnce: number;
  /** How many other people at the same company fetched a link of their message then. Asked only of what may be a scanner's first. */
  othersAtCompanyAtOnce: number;
  /** The message has no other tracked link: a scanner that follows all follows this one. */
  isOnlyLink: boolean;
  /** The lead gave a human sign since the message was delivered. */
  signBefore: boolean;
}

/** No person reads a message this soon after its delivery; mail gateways scan it then. */
const TOO_SOON_MS = 2_000;
/** Gateways that look again when a message is in the mailbox do it within this time. */
export const EARLY_MS = 5 * 60_000;
/** How long what may be a scanner's first waits for its neighbors. */
export const NEIGHBORS_MS = 2_000;
export const AT_ONCE_MS = 1_000;

/** Within this time fetches are one burst. */
export function atOnceMs(signals: FetchSignals): number {
  return isEarly(signals) ? NEIGHBORS_MS : AT_ONCE_MS;
}

export function isEarly({ sinceSentMs, hints }: FetchSignals): boolean {
  return sinceSentMs !== null && sinceSentMs >= 0 && sinceSentMs < EARLY_MS && !hints.includes('persona');
}

/**
 * Whether a fetch may be the first of a scanner's: soon after delivery, and nothing about itself says what it is. Without a human sign
 * before it, it waits for its neighbors before it is judged. A web mail's proxy fetches pixels alone, one by one.
 */
export function mayBeScannersFirst(signals: FetchSignals): boolean {
  return isEarly(signals) && signals.agent !== 'web-mail' && aloneReasons(signals).length === 0;
}

/**
 * Who fetched a pixel or followed a link. Only a reason that holds makes it anything but a person's; the gravest verdict wins.
 *
 * `machine`: by HEAD, or soon after delivery a moment after one; while the message is sent, or within 2 s after it (a negative time comes from two different
 * clocks and is ignored); a click with another link of the message at once, the pixel with two; soon after delivery, several people of one company at once; an
 * agent known as a program; a gateway's network; an open by Apple's privacy proxy, which fetches nearly every message of its users.
 *
 * `suspect`, only soon after delivery and without a human sign before: the only link of the message, so that no neighbor could tell; a
 * colleague's message at the same moment; a network of rented servers, where also some people are.
 *
 * `unknown`: a web mail's proxy, Apple's proxy on a click, or no agent at all.
 */
export function judgeEngagement(signals: EngagementSignals): Judged {
  const machine = [...aloneReasons(signals), ...burstReasons(signals)];
  if (machine.length > 0) return { verdict: 'machine', reasons: machine };
  const suspect = suspectReasons(signals);
  if (suspect.length > 0) return { verdict: 'suspect', reasons: suspect };
  switch (signals.agent) {
    case 'web-mail':
      return { verdict: 'unknown', reasons: ['web-mail-proxy'] };
    case 'apple-proxy':
      return { verdict: 'unknown', reasons: ['apple-proxy'] };
    case 'none':
      return { verdict: 'unknown', reasons: ['no-agent'] };
    default:
      return { verdict: 'human', reasons: [] };
  }
}

/** What a fetch shows by itself. */
function aloneReasons(signals: FetchSignals): VerdictReason[] {
  const { kind, method, agent, hints, sinceSentMs } = signals;
  const holds: Partial<Record<VerdictReason, boolean>> = {
    head: method.toUpperCase() !== 'GET',
    'after-head': isEarly(signals) && hints.includes('after-head'),
    'too-soon': sinceSentMs !== null && sinceSentMs >= 0 && sinceSentMs < TOO_SOON_MS && !hints.includes('persona'),
    program: agent === 'program',
    'apple-proxy': agent === 'apple-proxy' && kind === 'open',
    'scanner-network': hints.includes('scanner-network'),
  };
  return reasonsOf(holds);
}

/** A person's mail program loads the pixel, and the person follows a link. Two at once are followed by no person. */
export function isBurst(kind: FetchSignals['kind'], otherLinksAtOnce: number): boolean {
  return otherLinksAtOnce > (kind === 'click' ? 0 : 1);
}

function burstReasons(signals: EngagementSignals): VerdictReason[] {
  const { kind, otherLinksAtOnce, othersAtCompanyAtOnce } = signals;
  const several = isBurst(kind, otherLinksAtOnce);
  return reasonsOf({ 'several-links': several, 'several-people': isEarly(signals) && othersAtCompanyAtOnce > 1 });
}

function suspectReasons(signals: EngagementSignals): VerdictReason[] {
  const { kind, agent, hints, otherLinksAtOnce, othersAtCompanyAtOnce, isOnlyLink, signBefore } = signals;
  if (!isEarly(signals) || signBefore || agent === 'web-mail') return [];
  return reasonsOf({
    'only-link': isOnlyLink && (kind === 'click' || otherLinksAtOnce > 0),
    'colleague-too': othersAtCompanyAtOnce > 0,
    'hosting-network': hints.includes('hosting-network'),
  });
}

function reasonsOf(holds: Partial<Record<VerdictReason, boolean>>): VerdictReason[] {
  return (Object.keys(holds) as VerdictReason[]).filter((reason) => holds[reason] === true);
}

/**
 * Types of events that show a person: what people do on a site, and what they answer. An open is none: pixels are fetched by whoever has the
 * message. Also a pattern of PostgreSQL.
 */
export const SIGN_PATTERN = String.raw`^(email\.clicked|reply\.received|.+\.(viewed|dwelled|submitted|attended|registered|downloaded|placed))$`;
const SIGN = new RegExp(SIGN_PATTERN);
/** A sign confirms what was suspect a moment before. Later it says nothing of it: who opens a page on Friday may not have clicked on Monday. */
export const CONFIRMED_WITHIN_MS = 30 * 60_000;

/** Whether an event shows that a person is there. A click does so by its verdict: one that cannot be told shows nothing. */
export function isHumanSign({
  type,
  properties,
}: {
  type: string;
  properties: Readonly<Record<string, unknown>>;
}): boolean {
  return SIGN.test(type) && (type !== 'email.clicked' || properties['verdict'] !== 'unknown');
}

const WORDS: Record<VerdictReason, string> = {
  head: 'it was asked for without being read (HEAD)',
  'after-head': 'the message was asked about by HEAD a moment before',
  'too-soon': 'it came as the message was delivered',
  'several-links': 'several links of the message were fetched at once',
  'several-people': 'links of messages to several people of the company were fetched at once',
  program: 'its agent is a program',
  'apple-proxy': 'Apple’s privacy proxy fetches messages whether they are read or not',
  'scanner-network': 'it came from the network of a mail gateway',
  'only-link': 'it came soon after delivery, and the message has no other link that a scanner would have followed too',
  'colleague-too': 'a link of a colleague’s message was fetched at the same moment',
  'hosting-network': 'it came from rented servers, soon after delivery',
  'web-mail-proxy': 'a web mail’s proxy fetched it, for a person or by itself',
  'no-agent': 'it named no agent',
};

/** What the timeline reads of an open or click. */
export interface EventProperties {
  verdict?: unknown;
  reasons?: unknown;
  repeats?: unknown;
  /** Of a page that was read, as the site says. */
  seconds?: unknown;
  /** Of a mail that came back or was not taken: whether at hand-over, and what the server said. */
  heardAt?: unknown;
  reason?: unknown;
  status?: unknown;
  /** Of an absence: when it ends, epoch milliseconds. */
  untilMs?: unknown;
}

/** Whose an open or click was, if not clearly a person's, and why: to be put after what happened. */
export function verdictInWords(event: {
  type?: string;
  machine: boolean;
  properties?: { verdict?: unknown; reasons?: unknown };
}): string {
  // What an out-of-office or a mail server says is meant to be a machine's word.
  if (event.type === 'absence.noted' || event.type === 'email.bounced') return '';
  const { verdict, reasons } = event.properties ?? {};
  const why = Array.isArray(reasons) ? reasons.map((reason) => inWords(String(reason))).join('; ') : '';
  if (verdict === 'suspect') return `, perhaps by a scanner: not counted before a sign of a person follows (${why})`;
  if (event.machine) return ` by a machine: not counted${why === '' ? '' : ` (${why})`}`;
  return verdict === 'unknown' ? `; by whom cannot be told (${why})` : '';
}

/** What a newer version wrote is left as it is. */
function inWords(reason: string): string {
  return reason in WORDS ? WORDS[reason as VerdictReason] : reason;
}
