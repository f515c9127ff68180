/** The script of docs/scoring.md that reports how long a page was read, run with a page that is a stand-in. */
import { readFile } from 'node:fs/promises';
import vm from 'node:vm';
import { expect, test } from 'vitest';

interface Sent {
  url: string;
  keepalive: boolean;
  event: { id: string; leadId: string; type: string; properties: { path: string; seconds: number } };
}

/** A page in front, whose time and visibility the test sets. */
async function open(
  leadId: string | null,
): Promise<{ sent: Sent[]; pass(seconds: number): void; show(is: boolean): void; close(): void }> {
  const docs = await readFile('docs/scoring.md', 'utf8');
  const script = /<script>\n(.*page\.dwelled.*?)<\/script>/s.exec(docs)?.[1] ?? '';
  const heard = new Map<string, () => void>();
  const sent: Sent[] = [];
  let nowMs = 0;
  const addEventListener = (name: string, tell: () => void): void => void heard.set(name, tell);
  const document = { visibilityState: 'visible', addEventListener };
  vm.runInNewContext(script, {
    document,
    addEventListener,
    location: { pathname: '/guide' },
    localStorage: { getItem: () => leadId },
    performance: { now: () => nowMs },
    crypto: { randomUUID: () => 'view' },
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

test('time in front is reported when the page is hidden or left, in stretches, each once and bounded', async () => {
  const page = await open('lead-01…');
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
  expect(page.sent.map(({ event: { id, properties } }) => [id, properties])).toEqual([
    ['view-1', { path: '/guide', seconds: 42 }],
    ['view-2', { path: '/guide', seconds: 1_800 }],
  ]);
  expect(page.sent[0]).toMatchObject({ keepalive: true, event: { leadId: 'lead-01…', type: 'page.dwelled' } });
});

test('of a visitor who sent no form nothing is reported', async () => {
  const page = await open(null);
  page.pass(42);
  page.close();
  expect(page.sent).toEqual([]);
});
