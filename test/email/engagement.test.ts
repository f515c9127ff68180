import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentOf } from '../../src/domain/agent.ts';
import { type EngagementSignals, judgeEngagement } from '../../src/domain/machine-open.ts';
import { stripAddresses } from '../../src/domain/redact.ts';
import { networkTable, SHIPPED_LISTS } from '../../src/domain/scanner-lists.ts';
import { refresh } from '../../src/cli/tracking.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const GMAIL_SCAN =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0';
type Fetch = Omit<EngagementSignals, 'agent'> & { userAgent: string | null };
const person: Fetch = {
  kind: 'click',
  method: 'GET',
  userAgent: CHROME,
  hints: [],
  sinceSentMs: 60_000,
  otherLinksAtOnce: 0,
  othersAtCompanyAtOnce: 0,
  isOnlyLink: false,
  signBefore: false,
};

describe('judgeEngagement', () => {
  it.each<[string, Partial<Fetch>, string]>([
    ['a click with a browser', {}, 'human'],
    [
      'an open with a mail program',
      { kind: 'open', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.0' },
      'human',
    ],
    ['HEAD', { method: 'head' }, 'machine'],
    ['1.9 s after delivery', { sinceSentMs: 1_900 }, 'machine'],
    ['2 s after delivery', { sinceSentMs: 2_000 }, 'human'],
    ['at a time that cannot be', { sinceSentMs: -5 }, 'human'],
    ['at an unknown time', { sinceSentMs: null }, 'human'],
    ['several links at once', { otherLinksAtOnce: 1 }, 'machine'],
    ['an open beside a link', { kind: 'open', otherLinksAtOnce: 1 }, 'human'],
    ['curl', { userAgent: 'curl/8.5.0' }, 'machine'],
    ['Gmail opening for a person', { kind: 'open', userAgent: GMAIL }, 'unknown'],
    ['Gmail at once', { kind: 'open', userAgent: GMAIL, sinceSentMs: 400 }, 'machine'],
    ["Gmail's scan", { kind: 'open', userAgent: GMAIL_SCAN }, 'machine'],
    ["Apple's proxy, open", { kind: 'open', userAgent: 'Mozilla/5.0' }, 'machine'],
    ["Apple's proxy, click", { userAgent: 'Mozilla/5.0' }, 'unknown'],
    ['no agent', { userAgent: null }, 'unknown'],
    ['an open beside two links', { kind: 'open', otherLinksAtOnce: 2 }, 'machine'],
    ['a moment after HEAD', { hints: ['after-head'] }, 'machine'],
    ['a moment after HEAD, an hour after delivery', { hints: ['after-head'], sinceSentMs: 3_600_000 }, 'human'],
    ['the network of a gateway', { hints: ['scanner-network'], sinceSentMs: 3_600_000 }, 'machine'],
    ['rented servers', { hints: ['hosting-network'] }, 'suspect'],
    ['rented servers, an hour after delivery', { hints: ['hosting-network'], sinceSentMs: 3_600_000 }, 'human'],
    ['the only link', { isOnlyLink: true }, 'suspect'],
    ['the only link, after a sign of a person', { isOnlyLink: true, signBefore: true }, 'human'],
    ['the only link, six minutes after delivery', { isOnlyLink: true, sinceSentMs: 360_000 }, 'human'],
    ['an open with the only link at once', { kind: 'open', isOnlyLink: true, otherLinksAtOnce: 1 }, 'suspect'],
    ['a colleague at once', { othersAtCompanyAtOnce: 1 }, 'suspect'],
    ['two colleagues at once', { othersAtCompanyAtOnce: 2, signBefore: true }, 'machine'],
    [
      'Gmail opening beside the only link',
      { kind: 'open', userAgent: GMAIL, isOnlyLink: true, otherLinksAtOnce: 1 },
      'unknown',
    ],
    ['a persona at once', { hints: ['persona'], sinceSentMs: 0, isOnlyLink: true }, 'human'],
  ])('%s', (_name, change, expected) => {
    const fetch = { ...person, ...change };
    expect(judgeEngagement({ ...fetch, agent: agentOf(fetch.userAgent) }).verdict).toBe(expected);
  });
});

describe('networks', () => {
  it.each([
    ['148.163.130.9', 'scanner-network'],
    ['::ffff:148.163.130.9', 'scanner-network'],
    ['148.163.192.1', null],
    ['10.1.2.3', 'hosting-network'],
    ['2600:1f00::7', 'hosting-network'],
    ['2601::7', null],
    ['nonsense', null],
  ])('%s', (ip, expected) => {
    const hosting = { name: 'x', kind: 'hosting', networks: ['10.0.0.0/8', '2600:1f00::/24', 'nonsense'] } as const;
    expect(networkTable([...SHIPPED_LISTS.networks, hosting])(ip)).toBe(expected);
  });

  it('are refreshed from what their owners publish; a list that cannot be read stays as it was', async () => {
    const readers = {
      page: (url: string) =>
        url.includes('crawler')
          ? Promise.resolve('[{"pattern":"Link\\/Checker"},{"pattern":"(a+)+longer"},{"pattern":"bot"}]')
          : url.includes('amazonaws')
            ? Promise.resolve('{"prefixes":[{"ip_prefix":"3.5.140.0/22"},{"ipv6_prefix":"2600:1f00::/24"}]}')
            : Promise.reject(new Error('no answer')),
      txt: (name: string) =>
        Promise.resolve(
          name.includes('mimecast') ? ['v=spf1 ip4:192.0.2.0/24 include:more.mimecast.com ~all'] : ['v=spf1 -all'],
        ),
    };
    const { lists, refreshed } = await refresh(SHIPPED_LISTS, readers, new Date('2026-12-01T00:00:00Z'));
    expect(lists.asOf).toBe('2026-12-01T00:00:00.000Z');
    expect(lists.agents.refreshed).toEqual(['link/checker']);
    const of = (name: string) => lists.networks.find((list) => list.name === name)?.networks;
    expect(of('Amazon Web Services')).toEqual(['3.5.140.0/22', '2600:1f00::/24']);
    expect(of('Mimecast')).toContain('192.0.2.0/24');
    expect(of('Barracuda')).toEqual(SHIPPED_LISTS.networks.find(({ name }) => name === 'Barracuda')?.networks);
    expect(refreshed.filter(({ kept }) => kept !== undefined).map(({ list }) => list)).toEqual([
      'Barracuda',
      'Exchange Online Protection',
      'Google Cloud',
    ]);
    expect(agentOf('Mozilla/5.0 (X11) Link/Checker 1.0', lists.agents)).toBe('program');
  });
});

describe('agentOf', () => {
  it.each([
    'Googlebot/2.1 (+http://www.google.com/bot.html)',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36',
    'curl/8.5.0',
    'Wget/1.21.4',
    'python-requests/2.31.0',
    'Python-urllib/3.11',
    'Python/3.11 aiohttp/3.8.4',
    'Go-http-client/2.0',
    'okhttp/4.9.1',
    'libwww-perl/6.68',
    'Apache-HttpClient/4.5.14 (Java/17.0.1)',
    'axios/1.6.0',
    'node-fetch/1.0 (+https://github.com/bitinn/node-fetch)',
    'facebookexternalhit/1.1',
    'Slack-ImgProxy (+https://api.slack.com/robots)',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Barracuda Sentinel (EE)',
    'Mozilla/5.0 (compatible; Mimecast URL Protect)',
    'Mozilla/5.0 (Windows NT 10.0) Proofpoint URL Defense',
    'Mozilla/5.0 (Windows NT 10.0) SafeLinks',
  ])('%s is a program', (agent) => {
    expect(agentOf(agent)).toBe('program');
  });

  it.each([
    CHROME,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    'Mozilla/5.0 (Linux; Android 10; CUBOT_X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0 Mobile Safari/537.36',
    'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; .NET4.0C; .NET4.0E; ms-office; MSOffice 16)',
    'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.12026; Pro)',
    'Outlook-Android/2.0',
    'SamsungEmail/6.1',
    'eM Client/9',
    'Thunderbird/115.3',
    'GoogleMail/2.5',
    'YahooMobileMail/1.0 (Android Mail; 5.5.4)',
    'A-Mail-Program-Nobody-Knows/1.0',
  ])('%s is what a person reads mail with', (agent) => {
    expect(agentOf(agent)).toBe('person');
  });

  it('looks at a long header for no longer than at a short one', () => {
    // The processor's time, which a busy machine does not lengthen: a pattern without a bound would take minutes.
    const begun = process.cpuUsage();
    agentOf(`Mozilla/5.0 (${'a '.repeat(100_000)}`);
    expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(1_000);
  });
});

describe('stripAddresses', () => {
  it.each([
    ['550 <ada.byron+x@alder.example>: unknown', '550 <address>: unknown'],
    ['to "ada b"@alder.example.', 'to <address>.'],
    ["müller@straße.example and o'neil@[10.0.0.1]!", '<address> and <address>!'],
    ['a@b.example,c@d.example', '<address>,<address>'],
    ['(ada@alder.example)', '(<address>)'],
    ['bounce+ada=alder.example@x.example', '<address>'],
    ['nothing @ all, 250 2.0.0 Ok: queued as 1A2B', 'nothing @ all, 250 2.0.0 Ok: queued as 1A2B'],
    ['at run (/app/node_modules/@acme/mail/index.js:1:2)', 'at run (/app/node_modules/@acme/mail/index.js:1:2)'],
    ['ada＠alder．example, ada﹫alder。example', '<address>, <address>'],
    ['ada\u200B@\u2060alder.example', '<address>'],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(stripAddresses(text)).toBe(expected);
  });

  it('takes every address out, in linear time', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.string(), fc.string(), (address, before, after) => {
        expect(stripAddresses(`${before} <${address}> ${after}`)).not.toContain(address);
      }),
    );
    const begun = process.cpuUsage();
    stripAddresses(`${'a'.repeat(200_000)}@${'@"'.repeat(100_000)}`);
    expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(1_000);
  });
});
