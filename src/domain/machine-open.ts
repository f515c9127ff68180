/** Tells people's opens and clicks from those of scanners and privacy proxies. */

export type Engagement = 'human' | 'machine' | 'unknown';

/** What is known of one fetch of a pixel or a tracked link. */
export interface EngagementSignals {
  kind: 'open' | 'click';
  /** The HTTP method, in any case. */
  method: string;
  /** The User-Agent header, or null without one. */
  userAgent: string | null;
  /** Milliseconds since the mail server accepted the message, 0 while it is handed over; null when that is not known. */
  sinceSentMs: number | null;
  /** How many *other* links of the same message were fetched within a second of this one. */
  otherLinksWithinSecond: number;
}

/** Nobody reads a message within this time of its delivery; gateways scan it then. */
const TOO_SOON_MS = 2_000;

/**
 * Agents that are programs and say so: HTTP libraries, link checkers, previewers, mail gateways. Matched anywhere in the
 * header, without regard to case.
 */
const PROGRAMS: readonly string[] = [
  'bot/',
  'bot;',
  'bot)',
  'crawler',
  'spider',
  'scanner',
  'linkcheck',
  'headlesschrome',
  'phantomjs',
  'puppeteer',
  'curl/',
  'wget/',
  'python-requests',
  'python-urllib',
  'aiohttp',
  'go-http-client',
  'okhttp',
  'libwww-perl',
  'apache-httpclient',
  'java/',
  'axios/',
  'node-fetch',
  'facebookexternalhit',
  'slack-imgproxy',
  'skypeuripreview',
  'microsoftpreview',
  'barracuda',
  'proofpoint',
  'mimecast',
  'symantec',
  'cloudmark',
  'trendmicro',
  'safelinks',
];

/** Scanners that pass for a browser, by the whole of their User-Agent. */
const DISGUISED: readonly string[] = [
  // Fetches every image the moment Gmail receives a message: https://github.com/mautic/mautic/pull/10245
  'mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/42.0.2311.135 safari/537.36 edge/12.246 mozilla/5.0',
];

/** Apple's Mail Privacy Protection says just this: https://wordtothewise.com/2021/09/apple-mpp/ */
const APPLE_PRIVACY_PROXY = 'mozilla/5.0';

/**
 * Proxies of web mail. They fetch when a person opens a message, and at times ahead of it, so an open through them is no
 * proof either way. Counting Gmail's as machines lost every open of its users:
 * https://github.com/mautic/mautic/issues/16069
 */
const WEB_MAIL_PROXIES: readonly string[] = ['googleimageproxy', 'ggpht.com', 'yahoomailproxy'];

/**
 * Who fetched a pixel or followed a link. `machine` never scores; `unknown` is an open or click that may be a person's.
 * Rules, first match wins:
 *
 * 1. HEAD (and any method but GET) is a machine: mail programs and browsers GET.
 * 2. A fetch while the message is handed over, or within 2 s of it, is a scanner's, through whatever agent. A negative time
 *    (two clocks) says nothing.
 * 3. A click with another link of the same message within a second is a scanner's, which follows them all.
 * 4. An agent known as a program, or as a scanner in disguise, is a machine.
 * 5. Apple's privacy proxy fetches nearly every message of its users, read or not: an open is a machine's.
 * 6. A web mail's proxy, or no agent at all, is unknown.
 *
 * No single rule is proof; together they keep scanners from qualifying anybody. Nothing of the request needs to be kept.
 */
export function classifyEngagement(signals: EngagementSignals): Engagement {
  const agent = (signals.userAgent ?? '').trim().toLowerCase();
  if (signals.method.toUpperCase() !== 'GET') return 'machine';
  if (signals.sinceSentMs !== null && signals.sinceSentMs >= 0 && signals.sinceSentMs < TOO_SOON_MS) return 'machine';
  if (signals.kind === 'click' && signals.otherLinksWithinSecond > 0) return 'machine';
  if (DISGUISED.includes(agent) || PROGRAMS.some((program) => agent.includes(program))) return 'machine';
  if (agent === APPLE_PRIVACY_PROXY) return signals.kind === 'open' ? 'machine' : 'unknown';
  if (agent === '' || WEB_MAIL_PROXIES.some((proxy) => agent.includes(proxy))) return 'unknown';
  return 'human';
}
