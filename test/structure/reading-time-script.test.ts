/** How the script for websites counts the time that a page is read, run with a page that is a stand-in. In a browser: test/api/site-script.test.ts. */
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { SITE_SCRIPT } from '../../src/api/site-script.ts';

interface Sent {
  url: string;
  keepalive: boolean;
  event: { id: string; leadId: string; type: string; properties: { path: string; seconds: number } };
}

/** A page in front, whose time and visibility the test sets. */
function open(leadId: string | null): {
  sent: Sent[];
  pass(seconds: number): void;
  show(is: boolean): void;
  close(): void;
} {
  const heard = new Map<string, () => void>();
  const sent: Sent[] = [];
  let nowMs = 0;
  const addEventListener = (name: string, tell: () => void): void => void heard.set(name, tell);
  const currentScript = {
    src: 'https://nurture.example/site/v1.js',
    dataset: { key: 'nk_site', consent: 'given' },
  };
  const document = { visibilityState: 'visible', addEventListener, currentScript };
  vm.runInNewContext(SITE_SCRIPT, {
    window: {},
    navigator: {},
    document,
    addEventListener,
    location: { pathname: '/guide' },
    localStorage: { getItem: () => leadId, setItem: () => undefined },
    performance: { now: () => nowMs },
    crypto: { getRandomValues: (bytes: Uint8Array) => bytes.fill(7) },
    fetch: (url: string, { body, keepalive }: { body: string; keepalive: boolean }) => {
      const { events } = JSON.parse(body) as { events: [Sent['event']] };
      sent.push({ url, keepalive, event: events[0] });
      return Promise.resolve();
    },
  });
  return {
    sent,
    pass: (seconds) => void (nowMs += seconds * 1_000),
    show(is) {
      document.visibilityState = is ? 'visible' : 'hidden';
      heard.get('visibilitychange')?.();
    },
    close: () => heard.get('pagehide')?.(),
  };
}

test('time in front is reported when the page is hidden or left, in stretches, each once and bounded', () => {
  const page = open('lead-01…');
  page.pass(42);
  page.show(false);
  page.close();
  page.pass(600);
  page.show(true);
  page.pass(3);
  page.show(false);
  page.show(true);
  page.pass(90_000);
  page.close();
  const view = '07'.repeat(16);
  expect(page.sent.map(({ event: { id, type, properties } }) => [id, type, properties])).toEqual([
    [view, 'page.viewed', { path: '/guide' }],
    [`${view}-1`, 'page.dwelled', { path: '/guide', seconds: 42 }],
    [`${view}-2`, 'page.dwelled', { path: '/guide', seconds: 1_800 }],
  ]);
  expect(page.sent[1]).toMatchObject({
    url: 'https://nurture.example/v1/events',
    keepalive: true,
    event: { leadId: 'lead-01…' },
  });
});

test('of a visitor who sent no form nothing is reported', () => {
  const page = open(null);
  page.pass(42);
  page.close();
  expect(page.sent).toEqual([]);
});
