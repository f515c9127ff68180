/** Who a User-Agent header says it is. The header itself is not kept. */
import { createIsbotFromList, list } from 'isbot';
import { type AgentLists, SHIPPED_LISTS } from './scanner-lists.ts';

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

/** Apple's Mail Privacy Protection says just this: https://wordtothewise.com/2021/09/apple-mpp/ */
const APPLE_PRIVACY_PROXY = 'mozilla/5.0';

/** Only the start of a User-Agent is matched. A long one would make every pattern slow. */
const MOST_CHARACTERS = 1_000;

/** @param lists what isbot's list lacks */
export function agentOf(userAgent: string | null, lists: AgentLists = SHIPPED_LISTS.agents): Agent {
  const agent = (userAgent ?? '').slice(0, MOST_CHARACTERS).trim().toLowerCase();
  const names = (one: string): boolean => agent.includes(one);
  if (agent === '') return 'none';
  if (agent === APPLE_PRIVACY_PROXY) return 'apple-proxy';
  if (lists.webMailProxies.some(names)) return 'web-mail';
  if (lists.disguised.includes(agent) || lists.programs.some(names) || lists.refreshed.some(names)) return 'program';
  return isProgram(agent) ? 'program' : 'person';
}
