/**
 * Scanners that look at a mail soon after its delivery, over HTTP on the whole stack: score, wait and figures stay as they are. A person
 * afterwards counts.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countSteps } from '../../src/store/lists/cadence-steps.ts';
import { type Bench, openApi } from '../api/support.ts';
import { playbookWith } from '../crash/playbook.ts';
import type { ReceivedMail } from '../support/mail-sink.ts';

const SEVERAL = `---
subject: "Three links"
preheader: Three of them
topic: tips
kind: resource
---
<mjml><mj-body><mj-section><mj-column>
  <mj-text><a href="https://brookfield.example/a">A</a> <a href="https://brookfield.example/b">B</a> <a href="https://brookfield.example/c">C</a></mj-text>
  <mj-text><a href="{{ links.unsubscribe }}">Unsubscribe</a> <a href="{{ links.preferences }}">Choose</a> {{ sender.postalAddress }}</mj-text>
</mj-column></mj-section></mj-body></mjml>
`;
const waiting = (source: string, template: string): string => `
name: Waits for a click
enroll: { when: { source: ${source} } }
priority: 10
steps:
  - { id: one, email: ${template} }
  - { id: clicked, waitFor: email.clicked, within: 5 days, then: thanks, else: rest }
  - { id: thanks, email: other }
  - { id: rest, exit: read }
whenDone: dormant
`;

// A late burst counts for a moment: what it set in motion stays, so this cadence has nothing that a click ends.
const resting = `
name: Rests after the mail
enroll: { when: { source: late } }
priority: 10
steps:
  - { id: one, email: several }
  - { id: pause, wait: 20 days }
  - { id: rest, exit: read }
whenDone: dormant
`;

let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
let templatesDir: string;
beforeAll(async () => {
  templatesDir = await mkdtemp(path.join(tmpdir(), 'nurture-templates-'));
  await cp(path.join(import.meta.dirname, '..', 'fixtures', 'templates'), templatesDir, { recursive: true });
  await writeFile(path.join(templatesDir, 'several.mjml'), SEVERAL);
  folder = await playbookWith(
    { several: waiting('several', 'several'), single: waiting('single', 'plain'), late: resting },
    {},
  );
  bench = await openApi({ worker: true, playbookDir: folder.dir, templatesDir });
});
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
  if (templatesDir !== undefined) await rm(templatesDir, { recursive: true, force: true });
});

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15';

async function fetchAs(agent: string, method: string, at: string): Promise<void> {
  const { status } = await bench.call(method, at, { key: null, headers: { 'user-agent': agent } });
  expect([200, 302]).toContain(status);
}

/** The tracked links of a mail, and its pixel, as paths. */
function trackedIn({ html }: ReceivedMail): { links: string[]; pixel: string } {
  const links = [...new Set([...html.matchAll(/\/c\/[\w-]+/g)].map(([link]) => link))];
  return { links, pixel: /\/o\/[\w-]+\.gif/.exec(html)?.[0] ?? '' };
}

/** What a scanner fetches of a mail. */
const SCANS: Readonly<Record<string, { source: string; scan(mail: ReceivedMail): Promise<void> }>> = {
  'all links at once, as a browser': {
    source: 'several',
    async scan(mail) {
      const { links, pixel } = trackedIn(mail);
      expect(links).toHaveLength(3);
      await Promise.all([pixel, ...links].map((one) => fetchAs(CHROME, 'GET', one)));
    },
  },
  'one link, asked about by HEAD first': {
    source: 'several',
    async scan(mail) {
      const [link = ''] = trackedIn(mail).links;
      await fetchAs(CHROME, 'HEAD', link);
      await fetchAs(CHROME, 'GET', link);
    },
  },
  'the only link, as a browser': {
    source: 'single',
    async scan(mail) {
      const { links, pixel } = trackedIn(mail);
      expect(links).toHaveLength(1);
      await Promise.all([pixel, ...links].map((one) => fetchAs(CHROME, 'GET', one)));
    },
  },
  'the only link twice, as two browsers': {
    source: 'single',
    async scan(mail) {
      const [link = ''] = trackedIn(mail).links;
      await fetchAs(CHROME, 'GET', link);
      await fetchAs(SAFARI, 'GET', link);
    },
  },
};

const AGES = { '1 s': 1_000, '3 s': 3_000, '30 s': 30_000, '4 min': 240_000 };
let serial = 0;

test.each(Object.entries(AGES).flatMap(([age, ms]) => Object.keys(SCANS).map((what) => [age, what, ms] as const)))(
  '%s after delivery: %s',
  async (_age, what, ms) => {
    const { engine, db } = bench;
    const { source, scan } = SCANS[what] ?? expect.fail(what);
    serial += 1;
    // Each lead is alone at its company.
    const email = `reader@scanned${serial}.example`;
    const leadId = await engine.submit({ email, source });
    const [mail] = await engine.sink.waitFor(email, 1);
    if (mail === undefined) expect.fail('no mail');
    const stands = () => db.enrollment.findFirstOrThrow({ where: { leadId } });
    await engine.until(
      () => db.enrollment.count({ where: { leadId } }),
      (n) => n === 1,
    );
    await engine.until(stands, ({ waitingFrom, stepId }) => stepId === 'clicked' || waitingFrom === 'clicked');
    const clicksOf = async () => (await countSteps(db, source)).steps.get('one');
    const before = { score: (await engine.lead(leadId)).score, figures: await clicksOf(), place: await stands() };

    await db.send.updateMany({ where: { leadId }, data: { sentAt: new Date(Date.now() - ms) } });
    await scan(mail);
    await bench.tracker.idle();
    const events = await db.event.findMany({ where: { leadId, type: { startsWith: 'email.' } } });
    expect(events.length).toBeGreaterThan(0);
    expect(events.filter(({ machine, type }) => !machine && type === 'email.clicked')).toEqual([]);
    expect(await db.scoreEntry.count({ where: { leadId } })).toBe(0);
    expect((await engine.lead(leadId)).score).toBe(before.score);
    const figures = await clicksOf();
    expect([figures?.clicked, figures?.clicks.human, figures?.clicks.unknown]).toEqual([
      before.figures?.clicked,
      before.figures?.clicks.human,
      before.figures?.clicks.unknown,
    ]);
    const place = await stands();
    expect([place.stepId, place.dueAt]).toEqual([before.place.stepId, before.place.dueAt]);
    expect(engine.sink.to(email)).toHaveLength(1);

    // An hour later a person follows a link: it counts, scores and ends the wait.
    await engine.forward(leadId, '1 hour');
    await fetchAs(SAFARI, 'GET', trackedIn(mail).links[0] ?? '');
    await bench.tracker.idle();
    const [, thanks] = await engine.sink.waitFor(email, 2);
    expect(thanks?.subject).toContain('The other mail');
    const people = await db.event.findMany({ where: { leadId, type: 'email.clicked', machine: false } });
    expect(people).toMatchObject([{ properties: { verdict: 'human' } }]);
    const points = await db.scoreEntry.findMany({ where: { leadId } });
    expect(points.map(({ rule, points: given }) => [rule, given])).toEqual([['clicked', 10]]);
    expect((await clicksOf())?.clicks.human).toBe((before.figures?.clicks.human ?? 0) + 1);
  },
);

test('8 min after delivery all links at once: what counted at first is corrected, and a person afterwards counts', async () => {
  const { engine, db } = bench;
  const email = 'reader@scanned-late.example';
  const leadId = await engine.submit({ email, source: 'late' });
  const [mail] = await engine.sink.waitFor(email, 1);
  if (mail === undefined) expect.fail('no mail');
  // Its row is written after it left: what is set before would be overwritten.
  await engine.until(
    () => db.send.findFirst({ where: { leadId, stepId: 'one' } }),
    (send) => send?.status === 'sent',
  );
  await db.send.updateMany({ where: { leadId }, data: { sentAt: new Date(Date.now() - 8 * 60_000) } });
  const { links, pixel } = trackedIn(mail);
  await Promise.all([...links, pixel].map((one) => fetchAs(CHROME, 'GET', one)));
  await bench.tracker.idle();
  const events = await db.event.findMany({ where: { leadId, type: { in: ['email.opened', 'email.clicked'] } } });
  expect(events).toHaveLength(4);
  expect(events.map(({ machine }) => machine)).toEqual([true, true, true, true]);
  expect((await engine.lead(leadId)).score).toBeCloseTo(0, 6);
  const reactions = async () => (await db.send.findFirstOrThrow({ where: { leadId, stepId: 'one' } })).reactions;
  // A program clicked, and no person.
  expect(await reactions()).toBe(32);

  await engine.forward(leadId, '1 hour');
  await fetchAs(SAFARI, 'GET', links[0] ?? '');
  await bench.tracker.idle();
  const people = await db.event.findMany({ where: { leadId, type: 'email.clicked', machine: false } });
  expect(people).toMatchObject([{ properties: { verdict: 'human' } }]);
  const live = await db.scoreEntry.findMany({ where: { leadId, replacedBy: null } });
  expect(live.map(({ rule, points }) => [rule, points])).toEqual([['clicked', 10]]);
  expect(await reactions()).toBe(33);
});
