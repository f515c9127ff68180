/** Who a User-Agent header says it is. The header itself is not kept. */
import { createIsbotFromList, list } from 'isbot';

/**
 * `person`: a browser or mail program. `program`: an HTTP library, link checker, previewer or mail gateway that says so.
 * `apple-proxy`: Apple's Mail Privacy Protection. `web-mail`: the image proxy of a web mail. `none`: no header.
 */
export type Agent = 'person' | 'program' | 'apple-proxy' | 'web-mail' | 'none';

/**
 * Programs by which people read mail. For a web site a bare "Name/1.0" is a bot, and so isbot has it; mail programs call
 * themselves just that. Whatever pattern of isbot's list takes one of these for a bot is left out.
 */
const READERS: readonly string[] = [
  'Outlook-Android/2.0',
  'Outlook-iOS/709.2226530.prod.iphone (3.24.1)',
  'Microsoft Outlook/16',
  'SamsungEmail/6.1',
  'eM Client/9',
  'Lotus-Notes/6.0',
  'Thunderbird/115',
  'GoogleMail/2.5',
  'YahooMobileMail/1.0 (Android Mail; 5.5.4)',
  'Mozilla/5.0 (compatible; Evolution/3.46)',
  'DuckDuckGo/7 CFNetwork/1410',
];

const isProgram = createIsbotFromList(
  list.filter((pattern) => !READERS.some((reader) => new RegExp(pattern, 'i').test(reader))),
);

/** What isbot's list lacks: libraries whose bare name only its dropped patterns knew, and the gateways that read mail. */
const MORE_PROGRAMS: readonly string[] = [
  'axios/',
  'undici',
  'puppeteer',
  'wget/',
  'python-requests',
  'libwww-perl',
  'facebookexternalhit',
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

/** Only the start of a User-Agent is matched. A long one would make every pattern slow. */
const MOST_CHARACTERS = 1_000;

export function agentOf(userAgent: string | null): Agent {
  const agent = (userAgent ?? '').slice(0, MOST_CHARACTERS).trim().toLowerCase();
  if (agent === '') return 'none';
  if (agent === APPLE_PRIVACY_PROXY) return 'apple-proxy';
  if (WEB_MAIL_PROXIES.some((proxy) => agent.includes(proxy))) return 'web-mail';
  if (DISGUISED.includes(agent) || MORE_PROGRAMS.some((program) => agent.includes(program))) return 'program';
  return isProgram(agent) ? 'program' : 'person';
}
