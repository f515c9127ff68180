/** The page behind the link of a rep's mail, through the lead's real process. */
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'nurture-mail-decision-'));
  await cp(path.join(import.meta.dirname, '../fixtures/playbook'), folder, { recursive: true });
  await appendFile(
    path.join(folder, 'reasons.yaml'),
    '\nwants-note: { label: We do not have it, follow: no-need, note: required }\n',
  );
  bench = await openApi({ worker: true, playbookDir: folder });
});
afterAll(async () => {
  await bench?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A lead that asked for a demonstration, and the page of its mail. */
async function offered(email: string) {
  const leadId = await bench.lead({ email, firstName: 'Eve', source: 'drip' });
  await bench.engine.untilStage(leadId, 'nurturing');
  await bench.post('/v1/events', { leadId, type: 'demo.requested' });
  await bench.engine.untilStage(leadId, 'assigned');
  const assignment = await bench.db.assignment.findFirstOrThrow({ where: { leadId, status: 'offered' } });
  const { id: assignmentId, repId } = assignment;
  const page = `/r/${bench.tokens.decision({ assignmentId, repId, expiresAt: new Date(Date.now() + 3_600_000) })}`;
  const look = () => bench.call('GET', page, { key: null });
  const press = (fields: Record<string, string>) =>
    bench.call('POST', page, {
      key: null,
      raw: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  return { leadId, assignmentId, look, press };
}

const hiddenIn = (text: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]+)"`).exec(text)?.[1] ?? '';
const bodies = async (leadId: string) =>
  (await bench.db.repActivity.findMany({ where: { leadId } })).map(({ body }) => body);

test('a reason that wants a note is marked so; without one the form comes back as it was, and with one it is done', async () => {
  const { leadId, look, press } = await offered('eve@wants-note.example');
  const page = await look();
  expect(page.text).toContain(
    '<option value="wants-note">We do not have it (the need is closed; with a note)</option>',
  );
  const form = { decision: 'reject', shown: hiddenIn(page.text, 'shown'), once: hiddenIn(page.text, 'once') };
  expect(form.once).toMatch(/^cmd-/);
  const missing = await press({ ...form, reason: 'wants-note', note: '' });
  expect(missing.status).toBe(400);
  expect(missing.text).toContain('‘We do not have it’ needs a note');
  expect(missing.text).toContain('<option value="wants-note" selected>');
  expect((await bench.engine.lead(leadId)).stage).toBe('assigned');
  // Without `once`, as a page that was opened before it had one.
  for (const fields of [form, { decision: 'reject' }])
    expect((await press({ ...fields, reason: 'wants-note' })).status).toBe(400);
  const done = await press({ ...form, reason: 'wants-note', note: 'They need a crane.' });
  expect(done.status, done.text).toBe(200);
  expect(done.text).toContain('Thank you');
  await bench.engine.untilStage(leadId, 'no-need');
  expect(await press({ ...form, reason: 'wants-note', note: 'They need a crane.' })).toMatchObject({
    status: 200,
    text: done.text,
  });
  expect(await bodies(leadId)).toEqual(['They need a crane.']);
});

test('a form that is refused comes back with what was typed, and can be sent again', async () => {
  const { leadId, look, press } = await offered('eve@typed-again.example');
  const page = await look();
  const form = { decision: 'reject', shown: 'offered qualified', once: hiddenIn(page.text, 'once') };
  const changed = await press({ ...form, reason: 'too-early', note: 'Call <b>in May</b>' });
  expect(changed.status).toBe(409);
  expect(changed.text).toContain('<option value="too-early" selected>');
  expect(changed.text).toContain('Call &lt;b&gt;in May&lt;/b&gt;</textarea>');
  const again = { ...form, shown: hiddenIn(changed.text, 'shown'), once: hiddenIn(changed.text, 'once') };
  expect(again.once).not.toBe(form.once);
  expect((await press({ ...again, reason: 'too-early', note: 'Call in May' })).status).toBe(200);
  await bench.engine.untilStage(leadId, 'nurturing');
  expect(await bodies(leadId)).toEqual(['Call in May']);
});

test('it says why now as the mail does, and an accepted lead is led to in the console', async () => {
  const { leadId, look, press } = await offered('eve@page-now.example');
  const page = await look();
  expect(page.text).toMatch(
    /<h2>Why now<\/h2>\s*<p>[^<]*(?:just now|ago); grade [A-D][^<]*\. (?:Call|Write) [^<]*<\/p>/,
  );
  const fields = { decision: 'accept', shown: hiddenIn(page.text, 'shown'), once: hiddenIn(page.text, 'once') };
  const [first, second] = await Promise.all([press(fields), press(fields)]);
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(first.text).toContain(`<a href="/console/leads/${leadId}">Log the call`);
  expect(await press(fields)).toMatchObject({ status: 200, text: first.text });
  // Shown anew it is another form, with the same result.
  expect(await press({ decision: 'accept', once: 'another' })).toMatchObject({ status: 200, text: first.text });
});

test('nobody is told to write to an address from which mail came back', async () => {
  const email = 'gone@page-gone.example';
  const { leadId, look } = await offered(email);
  const gone = { email, reason: 'hard-bounce', source: 'smtp', leadId, occurredAt: new Date() };
  await bench.db.suppression.create({ data: gone });
  expect((await look()).text).toMatch(/<p>[^<]* (?:Mail to their address came back|Call them today: mail to their)/);
});
