/** A persona goes through the sample playbook on the real servers. What is real hears nothing of it, and nothing is left of it. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { DateTime } from 'luxon';
import { chromium } from 'playwright-core';
import pg from 'pg';
import pc from 'picocolors';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { publish } from '../../src/playbook/publish.ts';
import { testCommand } from '../../src/cli/test.ts';
import { readTests } from '../../src/simulate/tests/read-tests.ts';
import { fileWith } from './support.ts';
import { readPersonas } from '../../src/simulate/read-personas.ts';
import { simulationPage } from '../../src/simulate/report/page.ts';
import { simulationText } from '../../src/simulate/report/terminal.ts';
import { comparisonTable } from '../../src/simulate/report/table.ts';
import type { Simulation } from '../../src/simulate/result.ts';
import { simulate, type Wanted } from '../../src/simulate/simulate.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { type Engine, startEngine } from '../support/engine.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const NEVER = new AbortController().signal;

// Whole lives, several in a test: what takes seconds takes minutes on a machine that is busy with other work.
vi.setConfig({ testTimeout: 300_000 });

let engine: Engine;
let dataDir: string;
let realLead: string;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-simulate-'));
  // The real installation: another playbook, a lead of its own.
  engine = await startEngine();
  realLead = await engine.submit({ email: 'lucia@tenuta-bertani.example', source: 'somewhere' });
});
afterAll(async () => {
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

function config() {
  const playbookDir = path.join(ROOT, 'playbook');
  return { ...engine.config, dataDir, playbookDir, templatesDir: path.join(ROOT, 'templates') };
}

function wanted(persona: string, more: Partial<Wanted> = {}): Wanted {
  const [read] = readPersonas(path.join(ROOT, 'playbook', 'personas', `${persona}.yaml`));
  if (read === undefined) throw new Error(`no persona ${persona}`);
  // A Monday without holidays in the weeks after it, in a year to come.
  const fromMs = Date.UTC(new Date().getUTCFullYear() + 1, 1, 1);
  return { persona: read, cadence: null, days: 60, seed: 1, fromMs, ...more };
}

/** A persona who does nothing, comes in on a Monday at 10:00, and states these lines besides. */
function quietPersona(lines: string): Wanted['persona'] {
  const text = `name: Quiet\nprofile: { email: quiet@quiet.example, country: DE }\nreads: { opens: 0% }\n${lines}\n`;
  const [persona] = readPersonas(fileWith(text, 'quiet.yaml'));
  if (persona === undefined) throw new Error('no persona');
  return persona;
}

/** The databases of simulations, without the template that is kept. */
async function leftovers(): Promise<string[]> {
  const client = new pg.Client({ connectionString: inject('databaseAdminUrl') });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      String.raw`SELECT datname FROM pg_database WHERE datname LIKE 'nurture\_sim\_%'`,
    );
    return rows.map(({ datname }) => datname);
  } finally {
    await client.end();
  }
}

/** What the real installation has of everything that a simulation writes. */
async function real() {
  const { db } = engine;
  const [leads, sends, events, assignments, revisions] = await Promise.all([
    db.lead.count(),
    db.send.count(),
    db.event.count(),
    db.assignment.count(),
    db.playbookRevision.count(),
  ]);
  return { leads, sends, events, assignments, revisions, mails: engine.sink.mails.length };
}

let played: Simulation[] = [];

test('a keen reader and a visitor of a trade show are played side by side, and nothing real is touched', async () => {
  await engine.until(
    () => engine.lead(realLead),
    (lead) => lead.nextSummary !== null,
  );
  const before = await real();
  played = await simulate(config(), [wanted('keen-reader'), wanted('trade-show-visitor')], { signal: NEVER });
  const [keen, visitor] = played;

  expect(keen?.remarks).toEqual([]);
  expect(keen?.mails.filter(({ to }) => to === 'lead').map(({ template }) => template)).toEqual(
    expect.arrayContaining(['ebook-welcome', 'ebook-checklist', 'recycled-hello-again']),
  );
  const checklist = keen?.mails.find(({ template }) => template === 'ebook-checklist');
  expect(checklist?.reactions.map(({ did }) => did)).toEqual([
    'opened it',
    'clicked https://brookfield.example/guides/dry-week-checklist.pdf',
  ]);
  expect(keen?.handOffs).toMatchObject([{ status: 'rejected', reason: 'too-early' }]);
  expect(keen?.stages.map(({ to }) => to)).toEqual(expect.arrayContaining(['qualified', 'assigned', 'nurturing']));
  expect(keen?.story.map(({ text }) => text)).toContainEqual(expect.stringContaining('Asked for a demonstration'));
  expect(visitor?.end).toMatchObject({ stage: 'customer', held: null });
  expect(comparisonTable(played)).toMatch(/trade-show-visitor.*customer/);

  expect(await real()).toEqual(before);
  expect(await leftovers()).toEqual([]);
});

test('the same persona with the same seed lives the same life, in the same arms of splits', async () => {
  const [again] = await simulate(config(), [wanted('keen-reader')], { signal: NEVER });
  // Not the minutes that the words name: the seconds that the machine takes pass for the persona, too.
  const toDay = (simulation: Simulation | undefined) =>
    simulation?.story.map(({ day, stage, text }) => ({ day, stage, text: text.replaceAll(/\b\d\d:\d\d\b/g, 'hh:mm') }));
  expect(toDay(again)).toEqual(toDay(played[0]));
});

test('a persona who states no zone lives by that of its country, as a lead does', async () => {
  const quiet = quietPersona('arrives: fri 18:00');
  const persona = { ...quiet, request: { ...quiet.request, country: 'US' } };
  const [american] = await simulate(config(), [wanted('keen-reader', { persona, days: 1 })], { signal: NEVER });
  expect(american).toMatchObject({ zone: 'America/New_York' });
  expect(simulationText(american as Simulation, pc.createColors(false))).toMatch(/day 0 .* 18:0\d .*First touch/);
});

test('a persona whose own conditions lead elsewhere is enrolled by hand, and the result says so', async () => {
  const [simulation] = await simulate(config(), [wanted('ebook-reader', { cadence: 'material', days: 5 })], {
    signal: NEVER,
  });
  expect(simulation?.remarks).toEqual([
    'Its own conditions do not lead this persona into ‘material’, which has no "enroll": it was enrolled by hand.',
  ]);
  const told = simulation?.story.map(({ text }) => text);
  expect(told).toContain('Enrolled in ‘material’: put there by hand, as this cadence is simulated');
  expect(told?.filter((text) => /by simulation|\(revision/.test(text))).toEqual([]);
  expect(simulation?.mails.filter(({ cadence }) => cadence !== null).map(({ template }) => template)).toEqual([
    'show-material',
  ]);
});

test('what is published is played instead of the folder; an unknown revision is told', async () => {
  const somebody = { persona: quietPersona('source: one'), cadence: 'drip', days: 30 };
  const [simulation] = await simulate(config(), [wanted('ebook-reader', somebody)], { revision: 1, signal: NEVER });
  expect(simulation?.mails[0]).toMatchObject({ cadence: 'drip', subject: expect.any(String) });
  expect(simulation?.end.held).toBeNull();
  await expect(
    simulate(config(), [wanted('ebook-reader', somebody)], { revision: 7, signal: NEVER }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('the newest is 1') as string });
});

test('of a revision with a canary both are played, each with its own words', async () => {
  const folders = { playbookDir: path.join(dataDir, 'tried'), templatesDir: path.join(dataDir, 'tried-templates') };
  await cp(engine.config.playbookDir, folders.playbookDir, { recursive: true });
  await cp(engine.config.templatesDir, folders.templatesDir, { recursive: true });
  const plain = path.join(folders.templatesDir, 'plain.mjml');
  await writeFile(plain, (await readFile(plain, 'utf8')).replace(/subject: .*/, 'subject: The tried mail'));
  const tried = 'name: Tried\nsteps:\n  - { id: one, email: plain }\n';
  await writeFile(path.join(folders.playbookDir, 'cadences', 'drip.yaml'), tried);
  const canary = { percent: 10, cadence: 'drip' };
  const { revision } = await publish({ ...engine.config, ...folders }, engine.db, { author: 'test', canary });
  const somebody = wanted('ebook-reader', { persona: quietPersona('source: one'), cadence: 'drip', days: 10 });
  const play = async (ofCanary: boolean): Promise<Simulation | undefined> =>
    (await simulate(config(), [somebody], { revision, canary: ofCanary, signal: NEVER }))[0];
  const others = await play(false);
  expect(others?.mails.filter(({ to }) => to === 'lead').map(({ subject }) => subject)).not.toContain('The tried mail');
  expect(others?.mails.filter(({ to }) => to === 'lead')).toHaveLength(3);
  const ofCanary = await play(true);
  expect(ofCanary?.mails.filter(({ to }) => to === 'lead').map(({ subject }) => subject)).toEqual(['The tried mail']);
  await expect(simulate(config(), [somebody], { revision: 1, canary: true, signal: NEVER })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('has no canary') as string,
  });
});

test('time alone brings a persona into a segment: one that it waits for, and one that a cadence takes in', async () => {
  const playbookDir = path.join(dataDir, 'cooling');
  await cp(path.join(ROOT, 'playbook'), playbookDir, { recursive: true });
  const write = (file: string, text: string) => writeFile(path.join(playbookDir, file), text);
  await write(
    'segments.yaml',
    `back-again: { when: { score: { gte: 1000 } } }
interested: { when: { score: { gte: 1000 } } }
cooled: { when: { score: { lt: 4 } } }
went-quiet: { when: { score: { gte: 1000 } } }
rested: { when: { all: [{ stage: dormant }, { score: { lt: 2 } }] } }
`,
  );
  await write(
    'cadences/cooling.yaml',
    `name: Cooling
enroll: { when: { source: cooling } }
priority: 99
steps:
  - { waitFor: { segment: cooled }, within: 60 days, then: checklist, else: over }
  - { id: checklist, email: ebook-checklist }
  - { id: over, exit: over }
`,
  );
  await write(
    'cadences/rested.yaml',
    'name: Rested\nenroll: { when: { segment: rested } }\nsteps:\n  - { id: material, email: show-material }\n',
  );
  const persona = quietPersona('source: cooling\nevent: { type: ebook.downloaded }');
  const [simulation] = await simulate({ ...config(), playbookDir }, [wanted('ebook-reader', { persona })], {
    signal: NEVER,
  });
  const mails = simulation?.mails.map(({ template, day }) => ({ template, day }));
  // 5 points from 10:00 of day 0 on, of which half are left after 30 days: 4 after 9.7 days, 2 after 39.7.
  expect(mails).toEqual([
    { template: 'ebook-checklist', day: 10 },
    { template: 'show-material', day: 40 },
  ]);
});

test('a simulation that is interrupted leaves no database and no process', async () => {
  const interrupted = new AbortController();
  const playing = simulate(config(), [wanted('ebook-reader', { days: 700 })], { signal: interrupted.signal });
  const refused = expect(playing).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => leftovers(), { timeout: 60_000 }).toContainEqual(expect.stringMatching(/_1$/));
  const [run = ''] = (await leftovers()).map((name) => name.replace(/_[^_]+$/, ''));
  interrupted.abort();
  await refused;
  expect(await leftovers()).toEqual([]);
  // Lists of the server are a moment behind.
  const query = `TaskQueue = '${run}' AND ExecutionStatus = 'Running'`;
  const running = async () => (await engine.client.workflow.count(query)).count;
  await expect.poll(running).toBe(0);
});

test('what a killed simulation left behind is cleared away by the next', async () => {
  const client = new pg.Client({ connectionString: inject('databaseAdminUrl') });
  await client.connect();
  await client.query('CREATE DATABASE nurture_sim_00000000dead_1');
  await client.end();
  await simulate(config(), [wanted('phone-only', { days: 1 })], { signal: NEVER });
  expect(await leftovers()).toEqual([]);
});

test('a rep does the task of a persona who can only be called, and a webhook goes to nobody', async () => {
  const playbookDir = path.join(dataDir, 'playbook');
  await cp(path.join(ROOT, 'playbook'), playbookDir, { recursive: true });
  await writeFile(
    path.join(playbookDir, 'cadences', 'calls.yaml'),
    `name: Calls
steps:
  - id: first-call
    task: "Call {{ lead.firstName | default: 'them' }} about the stand"
    to: { team: europe }
    wait: until done
    within: 5 days
    then: by-sms
    else: given-up
  - id: given-up
    exit: nobody was reached
  - id: by-sms
    webhook: https://sms.example/send
    text: "Thank you, {{ lead.firstName }}"
    send: [phone]
`,
  );
  const [simulation] = await simulate(
    { ...config(), playbookDir },
    [wanted('phone-only', { cadence: 'calls', days: 10 })],
    { signal: NEVER },
  );
  expect(simulation?.story.map(({ voice, text }) => `${voice}: ${text}`)).toContainEqual(
    expect.stringMatching(/^sales: .*reached/),
  );
  expect(simulation?.webhooks).toMatchObject([{ url: 'https://sms.example/send' }]);
  expect(JSON.parse(simulation?.webhooks[0]?.body ?? '')).toMatchObject({
    data: { step: 'by-sms', text: 'Thank you, Hannah', fields: { phone: '+49301234567' } },
  });
  expect(simulation?.mails.map(({ to }) => to)).toEqual(['rep']);
  if (simulation === undefined) throw new Error('nothing was played');
  expect(simulation.tasks).toMatchObject([{ kind: 'call', text: 'Call Hannah about the stand', step: 'first-call' }]);
  const text = simulationText(simulation, pc.createColors(false));
  expect(text).toMatch(/Tasks\n {2}day \d, .*: call by .*, due .* \d\d:\d\d, done .*: Call Hannah about the stand/);
  expect(text).toMatch(/Webhooks \(posted to nobody\)\n {2}https:\/\/sms.example\/send: .*Thank you, Hannah/);
  expect(text).toMatch(/to be made by .*, due .* Europe\/Berlin/);
  expect(await simulationPage([simulation])).toContain('Call Hannah about the stand');
});

test('an unknown cadence is told with what was meant', async () => {
  await expect(
    simulate(config(), [wanted('ebook-reader', { cadence: 'ebook-resorces' })], { signal: NEVER }),
  ).rejects.toMatchObject({ code: 'CADENCE_UNKNOWN', message: expect.stringContaining('ebook-resources') as string });
});

/** The sample playbook with its webinar on the first Wednesday of March of next year, as its dates come to pass. Returns its folder. */
async function playbookAhead(): Promise<string> {
  const march = DateTime.utc(new Date().getUTCFullYear() + 1, 3, 1);
  const webinar = march.plus({ days: (10 - march.weekday) % 7 });
  const dir = path.join(dataDir, 'playbook-ahead');
  await cp(path.join(ROOT, 'playbook'), dir, { recursive: true });
  const move = async (file: string, from: string, to: DateTime): Promise<void> => {
    const text = await readFile(path.join(dir, file), 'utf8');
    expect(text).toContain(from);
    await writeFile(path.join(dir, file), text.replaceAll(from, to.toFormat('yyyy-MM-dd')));
  };
  await move('campaigns.yaml', '2028-03-08', webinar);
  await move('tests/webinar.yaml', '2028-02-29', webinar.minus({ days: 8 }));
  return dir;
}

test('the sample tests hold; one that does not is shown with its line, what happened, and a timeline', async () => {
  const broken = fileWith(`name: Gets too much
persona: ebook-reader
days: 12
expect:
- { got: ebook-welcome, within: 1 hour }
- { byDay: 10, emails: 7 }
`);
  const playbookDir = await playbookAhead();
  const samples = readTests(playbookDir, []).map(({ file }) => path.resolve(file));
  const { exitCode, text, data } = await testCommand({ ...config(), playbookDir }, [...samples, broken], {});
  expect(text).toContain('✓ A reader who never clicks gets the series and no call');
  expect(text).toMatch(/✗ Gets too much \(.*2 expectations, 1 not as expected\)/);
  expect(text).toContain('somebody.yaml:6:24');
  expect(text).toMatch(/\^ expected 7 emails by day 10, got \d: ebook-welcome \(day 0, Tue .* 19:40\)/);
  expect(text).toMatch(/nurturing +✉ Email ‘ebook-welcome’ sent/);
  expect(text).toMatch(/1 failed, 4 passed/);
  expect(exitCode).toBe(1);
  expect(data).toMatchObject({
    ok: false,
    tests: [{ passed: true }, { passed: true }, { passed: true }, { passed: true }, { passed: false }],
  });
});

test.skipIf(chromiumPath === undefined)(
  'the page shows every mail in a frame of its own and asks nobody for anything',
  async () => {
    const file = path.join(dataDir, 'page.html');
    await writeFile(file, await simulationPage(played));
    await using browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS });
    const page = await browser.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(pathToFileURL(file).href);
    const frame = page.frameLocator('iframe[title^="The one-page checklist"]');
    await expect.poll(() => frame.locator('body').innerText()).toContain('Hello Lucia');
    const mails = played.flatMap((simulation) => simulation.mails);
    expect(await page.locator('iframe').count()).toBe(mails.length);
    expect(await frame.locator('a', { hasText: 'Print the checklist' }).getAttribute('href')).toBe(
      'https://brookfield.example/guides/dry-week-checklist.pdf',
    );
    expect(await page.locator('figure svg').count()).toBe(played.length);
    expect(asked).toEqual([pathToFileURL(file).href]);
    expect(complaints).toEqual([]);
  },
);
