/** Tells people's opens and clicks from those of scanners and privacy proxies. */
import type { Agent } from './agent.ts';

export type Engagement = 'human' | 'machine' | 'unknown';

/** What is known of one fetch of a pixel or a tracked link. */
export interface EngagementSignals {
  kind: 'open' | 'click';
  /** The HTTP method, in any case. */
  method: string;
  agent: Agent;
  /** Milliseconds since the mail server accepted the message, 0 while it is handed over; null when that is not known. */
  sinceSentMs: number | null;
  /** How many *other* links of the same message were fetched within a second of this one. */
  otherLinksWithinSecond: number;
}

/** No person reads a message this soon after its delivery; mail gateways scan it then. */
const TOO_SOON_MS = 2_000;

/**
 * Who fetched a pixel or followed a link. `machine` never scores; `unknown` is an open or click that may be a person's.
 * Rules, first match wins:
 *
 * 1. HEAD (and any method but GET) is a machine: mail programs and browsers GET.
 * 2. A fetch while the message is sent, or within 2 s after it, is a scanner's, whatever its agent. A negative time comes from two
 *    different clocks and is ignored.
 * 3. A click with another link of the same message within a second is a scanner's, which follows them all.
 * 4. An agent known as a program, or as a scanner in disguise, is a machine.
 * 5. Apple's privacy proxy fetches nearly every message of its users, read or not: an open is a machine's.
 * 6. A web mail's proxy, or no agent at all, is unknown.
 *
 * No single rule is a proof. Together they keep scanners from qualifying a lead. Nothing of the request needs to be stored.
 */
export function classifyEngagement(signals: EngagementSignals): Engagement {
  const { agent, kind, method, sinceSentMs } = signals;
  if (method.toUpperCase() !== 'GET') return 'machine';
  if (sinceSentMs !== null && sinceSentMs >= 0 && sinceSentMs < TOO_SOON_MS) return 'machine';
  if (kind === 'click' && signals.otherLinksWithinSecond > 0) return 'machine';
  switch (agent) {
    case 'program':
      return 'machine';
    case 'apple-proxy':
      return kind === 'open' ? 'machine' : 'unknown';
    case 'web-mail':
    case 'none':
      return 'unknown';
    case 'person':
      return 'human';
  }
}
