/** Waits until a date, caps, and what is late: on the real server, in virtual time. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publish } from '../../src/playbook/publish.ts';
import { playbookWith } from '../crash/playbook.ts';
import { type HookSink, startHookSink } from '../support/hook-sink.ts';
import { type Engine, startEngine, startTestWorker } from '../support/engine.ts';

const reminders = (source: string, campaign: string): string => `
name: ${source}
enroll: { when: { source: ${source} } }
priority: 10
campaign: ${campaign}
steps:
  - { id: invitation, email: plain, again: true }
  - { id: to-day-before, wait: { until: { campaign: starts, offset: -1 day } } }
  - { id: day-before, email: other, again: true }
  - { id: to-hour-before, wait: { until: { campaign: starts, offset: -1 hour } } }
  - { id: hour-before, email: plain, again: true }
  - { id: to-day-after, wait: { until: { campaign: ends, offset: 1 day } } }
  - { id: day-after, email: other, again: true }
`;

const RENEWAL = `
name: Renewal
enroll: { when: { source: renewal } }
priority: 10
steps:
  - { id: welcome, email: plain }
  - { id: to-end, wait: { until: { attribute: contractEnds, offset: -1 week, at: "09:00" } } }
  - { id: renew, email: other }
`;

const CAPPED = `
name: Capped
enroll: { when: { source: capped } }
priority: 10
steps:
  - { id: one, email: plain, again: true }
  - { id: two, email: other, again: true }
  - { id: three, email: plain, again: true }
`;

/** Three channels speak to the lead; a post of data does not. */
const mixed = (url: string): string => `
name: Mixed
enroll: { when: { source: mixed } }
priority: 10
steps:
  - { id: call, task: Call them, to: { team: south } }
  - { id: sms, webhook: "${url}/sms", send: [phone], text: Hello }
  - { id: data, webhook: "${url}/data", send: [source] }
  - { id: mail, email: plain }
  - { id: pause, wait: 3 hours }
  - { id: sms-again, webhook: "${url}/sms", send: [phone], topic: marketing }
  - { id: mail-again, email: plain, again: true }
  - { id: call-again, task: Call again, to: { team: south } }
  - { id: told, webhook: "${url}/data", text: The lead was called, message: false }
`;

/** What is late by a second is too late; the outage is in the wait. */
const lateMessage = (source: string, step: string): string => `
name: ${source}
enroll: { when: { source: ${source} } }
priority: 10
staleAfter: 0.05 minutes
whenStale: skip
steps:
  - { id: one, email: plain }
  - { id: pause, wait: 0.05 minutes }
  - { ${step} }
`;

/** Seconds instead of days, so that the outage need not last. */
const late = (source: string, then: string): string => `
name: ${source}
enroll: { when: { source: ${source} } }
priority: 10
staleAfter: 0.05 minutes
whenStale: ${then}
steps:
  - { id: one, email: plain, again: true }
  - { id: pause, wait: 0.05 minutes }
  - { id: two, email: other, again: true }
  - { id: rest, wait: 1 day }
  - { id: three, email: plain, again: true }
`;

const HOUR = 3_600_000;
/** In an hour and a half of some days: on a whole second, as the playbook writes minutes. */
const inHours = (hours: number): string =>
  DateTime.utc().plus({ hours }).startOf('minute').toFormat('yyyy-MM-dd HH:mm');
const SOON = inHours(3);
const LATER = inHours(10 * 24);
const LATEST = inHours(12 * 24);

let sink: HookSink;
let folder: Awaited<ReturnType<typeof playbookWith>>;
let engine: Engine;
let worker: Awaited<ReturnType<typeof startTestWorker>> | null = null;

beforeAll(async () => {
  sink = await startHookSink();
  folder = await playbookWith({
    webinar: reminders('webinar', 'frost-webinar'),
    soon: reminders('soon', 'soon-webinar'),
    unknown: reminders('unknown', 'no-date-webinar'),
    renewal: RENEWAL,
    capped: CAPPED,
    'late-skipped': late('late-skipped', 'skip'),
    'late-sent': late('late-sent', 'send'),
    'late-messages': lateMessage('late-messages', `id: sms, webhook: "${sink.url}/sms", text: Hello`),
    'late-task': lateMessage('late-task', 'id: call, task: Call them, to: { team: south }'),
    mixed: mixed(sink.url),
  });
  await changed('settings.yaml', (text) => `${text}\ncaps: [{ messages: 2, per: 1 hour }]\n`);
  await campaigns(
    (text) => `${text}
frost-webinar: { name: Frost nights, starts: ${LATER}, ends: ${LATER} }
soon-webinar: { starts: ${SOON}, ends: ${SOON} }
no-date-webinar:
`,
  );
  engine = await startEngine({ playbookDir: folder.dir, worker: false });
  await work();
});
afterAll(async () => {
  await worker?.close();
  await engine?.close();
  await folder?.remove();
  sink?.close();
});

const campaigns = (change: (text: string) => string): Promise<void> => changed('campaigns.yaml', change);

async function changed(name: string, change: (text: string) => string): Promise<void> {
  const file = path.join(folder.dir, name);
  await writeFile(file, change(await readFile(file, 'utf8')));
}

async function work(): Promise<void> {
  const { address, namespace } = engine.config.temporal;
  worker = await startTestWorker(engine.deps, { address, namespace }, engine.taskQueue);
}

/** What left by steps of a lead, and what became of it. */
async function sends(leadId: string): Promise<string[]> {
  const rows = await engine.db.send.findMany({ where: { leadId }, orderBy: { occurredAt: 'asc' } });
  return rows.map(({ stepId, status }) => `${stepId ?? ''} ${status}`);
}

const sentAt = async (leadId: string, stepId: string): Promise<number> =>
  (await engine.db.send.findFirstOrThrow({ where: { leadId, stepId } })).occurredAt.getTime();
const utc = (text: string): number => DateTime.fromFormat(text, 'yyyy-MM-dd HH:mm', { zone: 'utc' }).toMillis();
const dueAt = async (leadId: string): Promise<number> => (await engine.lead(leadId)).nextDueAt?.getTime() ?? 0;
const untilDue = (leadId: string, ms: number): Promise<number> =>
  engine.until(
    () => dueAt(leadId),
    (due) => due === ms,
  );
const skipped = async (leadId: string): Promise<unknown[]> =>
  (await engine.db.audit.findMany({ where: { leadId, action: 'steps.skipped' }, orderBy: { id: 'asc' } })).map(
    ({ data }) => data,
  );

test('reminders of a webinar go by its date, also when that moves while the lead waits', async () => {
  const leadId = await engine.submit({ email: 'early@dates.example', source: 'webinar' });
  await untilDue(leadId, utc(LATER) - 24 * HOUR);
  expect(await engine.lead(leadId)).toMatchObject({
    nextSummary: expect.stringContaining('(1 day before the campaign starts) at ‘to-day-before’') as string,
  });
  // Another name is no other date: nobody is rung.
  await campaigns((text) => text.replace('Frost nights', 'Nights of frost'));
  await publish(engine.config, engine.db, { author: 'test' });
  expect(await engine.db.outbox.count({ where: { leadId } })).toBe(0);

  await campaigns((text) => text.replaceAll(LATER, LATEST));
  await publish(engine.config, engine.db, { author: 'test' });
  await untilDue(leadId, utc(LATEST) - 24 * HOUR);
  await engine.forward(leadId, '14 days');
  await engine.until(
    () => sends(leadId),
    (all) => all.length === 4,
  );
  expect(await sends(leadId)).toEqual(['invitation sent', 'day-before sent', 'hour-before sent', 'day-after sent']);
  const starts = utc(LATEST);
  for (const [step, hours] of [
    ['day-before', -24],
    ['hour-before', -1],
    ['day-after', 24],
  ] as const) {
    const lateMs = (await sentAt(leadId, step)) - (starts + hours * HOUR);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThan(60_000);
  }
});

test('who comes late gets what still makes sense, and never all reminders at once', async () => {
  const leadId = await engine.submit({ email: 'late@dates.example', source: 'soon' });
  await untilDue(leadId, utc(SOON) - HOUR);
  expect(await sends(leadId)).toEqual(['invitation sent']);
  expect(await skipped(leadId)).toEqual([
    expect.objectContaining({ stepId: 'to-day-before', because: expect.stringContaining('has passed') as string }),
  ]);
  await engine.forward(leadId, '2 days');
  expect(await sends(leadId)).toEqual(['invitation sent', 'hour-before sent', 'day-after sent']);
});

test('without a date its steps are passed over, with the reason', async () => {
  const leadId = await engine.submit({ email: 'nodate@dates.example', source: 'unknown' });
  await engine.untilStage(leadId, 'dormant');
  expect(await sends(leadId)).toEqual(['invitation sent']);
  expect(await skipped(leadId)).toHaveLength(3);
  expect(await skipped(leadId)).toContainEqual(
    expect.objectContaining({ because: 'the date is not known: 1 day before the campaign starts' }),
  );
});

test('a date of the lead that changes moves the wait at once', async () => {
  const timeZone = 'America/New_York';
  const at = (date: string): number => DateTime.fromISO(`${date}T09:00`, { zone: timeZone }).toMillis();
  const submit = (contractEnds: string) =>
    engine.submit({ email: 'renew@dates.example', source: 'renewal', timeZone, attributes: { contractEnds } });
  const leadId = await submit('2031-03-15');
  await untilDue(leadId, at('2031-03-08'));
  await submit('2031-05-10');
  await untilDue(leadId, at('2031-05-03'));
});

test('a cap holds a message back until the period allows it, and why says so', async () => {
  const leadId = await engine.submit({ email: 'much@dates.example', source: 'capped' });
  await engine.until(
    () => engine.db.audit.count({ where: { leadId, action: 'step.capped' } }),
    (count) => count === 1,
  );
  await untilDue(leadId, (await sentAt(leadId, 'one')) + HOUR);
  expect(await sends(leadId)).toEqual(['one sent', 'two sent']);
  expect(await engine.db.enrollment.findFirst({ where: { leadId } })).toMatchObject({
    dueBecause: 'no more than 2 messages in 1 hour',
  });
  await engine.forward(leadId, '2 hours');
  expect(await sends(leadId)).toEqual(['one sent', 'two sent', 'three sent']);
});

test('a call and an SMS count as a mail does and are held as it is; a post of data is neither', async () => {
  const leadId = await engine.submit({ email: 'mixed@mixed.example', phone: '+49301234599', source: 'mixed' });
  const capped = async (): Promise<number> => engine.db.audit.count({ where: { leadId, action: 'step.capped' } });
  const tasks = (): Promise<number> => engine.db.task.count({ where: { leadId } });
  await engine.until(capped, (count) => count === 1);
  // The call and the SMS are the two of the hour; the data left, and the mail waits until the call is an hour ago.
  expect(await sends(leadId)).toEqual(['call sent', 'sms sent', 'data sent']);
  const call = await engine.db.task.findFirstOrThrow({ where: { leadId } });
  await untilDue(leadId, call.occurredAt.getTime() + HOUR);
  await engine.forward(leadId, '4.5 hours');
  // The mail has left, and after the pause an SMS and a mail: so the second call waits, and no cap lets the data wait behind it.
  expect(await sends(leadId)).toEqual([
    'call sent',
    'sms sent',
    'data sent',
    'mail sent',
    'sms-again sent',
    'mail-again sent',
  ]);
  expect([await capped(), await tasks()]).toEqual([2, 1]);
  await engine.forward(leadId, '2 hours');
  expect(await tasks()).toBe(2);
  expect(await sends(leadId)).toContain('told sent');
});

let phone = 49_301_234_570;
/** A lead of each source. The worker goes away as their first mails are settled, and comes back when what follows is too late. */
async function outlastAnOutage(...sources: string[]): Promise<string[]> {
  const emailOf = (source: string): string => `it@${source}.example`;
  const stops = sources.map((source) => engine.stopAt('effect.acted', emailOf(source)));
  try {
    const leads = await Promise.all(
      sources.map((source) => engine.submit({ email: emailOf(source), phone: `+${(phone += 1)}`, source })),
    );
    await Promise.all(stops.map(({ reached }) => reached));
    // From here on it takes up nothing new. So no wait of seconds ends before it is gone, however busy the machine is.
    const gone = worker?.close();
    for (const stop of stops) stop.go();
    await gone;
    worker = null;
    for (const leadId of leads)
      await engine.until(
        () => sends(leadId),
        (all) => all.includes('one sent'),
      );
    const due = Math.max(...(await Promise.all(leads.map(dueAt))));
    await engine.until(
      () => Promise.resolve(Date.now()),
      (now) => now > due + 4_000,
    );
    await work();
    return leads;
  } finally {
    for (const stop of stops) stop.go();
  }
}

test('an SMS or a call that is too late is skipped as a mail is', async () => {
  const leads = await outlastAnOutage('late-messages', 'late-task');
  const [, called = ''] = leads;
  for (const [n, stepId] of ['sms', 'call'].entries()) {
    const leadId = leads[n] ?? '';
    await engine.until(
      () => sends(leadId),
      (all) => all.includes(`${stepId} skipped`),
    );
    const { reason } = await engine.db.send.findFirstOrThrow({ where: { leadId, stepId } });
    expect(reason).toMatch(/^stale: it was due /);
  }
  expect(await engine.db.task.count({ where: { leadId: called } })).toBe(0);
});

test('after an outage longer than the limit, what is late is skipped or spread, as the cadence says', async () => {
  const [skips = '', spreads = ''] = await outlastAnOutage('late-skipped', 'late-sent');
  await engine.until(
    () => sends(skips),
    (all) => all.includes('two skipped'),
  );
  const send = await engine.db.send.findFirstOrThrow({ where: { leadId: skips, stepId: 'two' } });
  expect(send.reason).toMatch(/^stale: it was due /);
  const enrollment = await engine.until(
    () => engine.db.enrollment.findFirstOrThrow({ where: { leadId: spreads } }),
    (one) => one.dueBecause !== null,
  );
  expect(enrollment.dueBecause).toMatch(/^it was due .* and what is late leaves one by one$/);
  expect((enrollment.dueAt?.getTime() ?? 0) - Date.now()).toBeLessThan(HOUR);
  for (const leadId of [skips, spreads]) await engine.forward(leadId, '2 days');
  expect(await sends(skips)).toEqual(['one sent', 'two skipped', 'three sent']);
  expect(await sends(spreads)).toEqual(['one sent', 'two sent', 'three sent']);
});
