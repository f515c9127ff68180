import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyEngagement, type EngagementSignals } from '../../src/domain/machine-open.ts';
import { stripAddresses } from '../../src/domain/redact.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const GMAIL_SCAN =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0';
const person: EngagementSignals = {
  kind: 'click',
  method: 'GET',
  userAgent: CHROME,
  sinceSentMs: 60_000,
  otherLinksWithinSecond: 0,
};

describe('classifyEngagement', () => {
  it.each<[string, Partial<EngagementSignals>, string]>([
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
    ['several links at once', { otherLinksWithinSecond: 1 }, 'machine'],
    ['an open beside a link', { kind: 'open', otherLinksWithinSecond: 1 }, 'human'],
    ['curl', { userAgent: 'curl/8.5.0' }, 'machine'],
    ['Gmail opening for a person', { kind: 'open', userAgent: GMAIL }, 'unknown'],
    ['Gmail at once', { kind: 'open', userAgent: GMAIL, sinceSentMs: 400 }, 'machine'],
    ["Gmail's scan", { kind: 'open', userAgent: GMAIL_SCAN }, 'machine'],
    ["Apple's proxy, open", { kind: 'open', userAgent: 'Mozilla/5.0' }, 'machine'],
    ["Apple's proxy, click", { userAgent: 'Mozilla/5.0' }, 'unknown'],
    ['no agent', { userAgent: null }, 'unknown'],
  ])('%s', (_name, change, expected) => {
    expect(classifyEngagement({ ...person, ...change })).toBe(expected);
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
    const begun = performance.now();
    stripAddresses(`${'a'.repeat(200_000)}@${'@"'.repeat(100_000)}`);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
