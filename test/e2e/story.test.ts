import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Assignments, Lead } from '../../src/cli/client.ts';
import type { Mail } from '../../src/cli/demo/inbox.ts';
import { click, decideByLink, open } from '../../src/cli/demo/letter.ts';
import type { Life, Person } from '../../src/cli/demo/life.ts';
import { poll } from '../../src/cli/demo/poll.ts';
import type { Standing } from '../../src/domain/standing.ts';
import { ebookForm, euros, showVisit } from '../../src/cli/demo/lives/requests.ts';
import { businessDaysLater, midweekMoment, minuteOf, workingMoment } from './calendar.ts';
import { showComplaints, startE2eStack, type E2eStack } from './stack.ts';

const ZONE = 'Europe/Berlin';
const IDA: Person = {
  firstName: 'Ida',
  lastName: 'Brandt',
  company: 'Brandt Baumschulen',
  email: 'Ida.{run}@Brandt-Baumschulen.example',
  jobTitle: 'Owner',
  industry: 'nursery',
  companySize: 80,
  country: 'DE',
  timeZone: ZONE,
};

let stack: E2eStack;
beforeAll(async () => {
  stack = await startE2eStack();
});
afterAll(() => stack?.close());
showComplaints(() => stack);

/** Waits begin when a step is done: the seconds that this takes are not part of the expected time, and on a busy machine they are many. */
const SECONDS_OF_STEPS_MS = 300_000;

function expectAt(mail: Mail, expected: DateTime): void {
  const offMs = Math.abs(arrival(mail).toMillis() - expected.toMillis());
  if (offMs > SECONDS_OF_STEPS_MS) expect(minuteOf(mail.date, ZONE)).toBe(minuteOf(expected, ZONE));
}

const arrival = (mail: Mail): DateTime => DateTime.fromISO(mail.date, { zone: ZONE });

async function stagesOf(life: Life): Promise<unknown[]> {
  return (await life.timeline()).filter(({ action }) => action === 'stage.changed').map(({ data }) => data['to']);
}

async function mailsTo(life: Life, audience: 'lead' | 'rep'): Promise<string[]> {
  const sends = (await life.timeline()).filter(({ kind, data }) => kind === 'send' && data['audience'] === audience);
  return sends.map(({ data }) => `${String(data['template'])} ${String(data['status'])}`);
}

test('from the form to the sale, by way of the nurture pool', { timeout: 300_000 }, async () => {
  const life = stack.lifeOf(IDA);
  await life.comesIn(ebookForm('greenhouse'));
  expect(await life.look()).toMatchObject({
    email: life.email.toLowerCase(),
    stage: 'nurturing',
    grade: 'A',
    score: 5,
  });

  // The guide comes at once, as it was asked for. The drips leave on the right days, in the lead's own office hours.
  const welcome = await life.receives('ebook-welcome');
  expect(welcome.to[0]?.address).toBe(life.email.toLowerCase());
  const checklist = await life.passUntilMail('ebook-checklist');
  expectAt(checklist, workingMoment(arrival(welcome).plus({ days: 2 }), 9, 17));

  // A click is followed to the stored address, counts once a mail, and ends the wait for it: a day later the cadence goes on.
  await life.pass('PT3H');
  await open(checklist);
  expect(await click(checklist, 'Print the checklist')).toBe(
    'https://brookfield.example/guides/dry-week-checklist.pdf',
  );
  const clicked = await life.until('the wait is over', (lead) => lead.enrollment?.stepId !== 'checklist-clicked');
  expect(clicked.score).toBeGreaterThanOrEqual(15);
  await click(checklist, 'Print the checklist');
  expect((await life.look()).score).toBeLessThanOrEqual(clicked.score);
  const caseStudy = await life.passUntilMail('ebook-case-study');
  expectAt(caseStudy, workingMoment(arrival(checklist).plus({ hours: 3, days: 1 }), 9, 17));

  // Crossing the threshold wakes the lead at once: it is a rep's, and no drip leaves.
  await life.passToWorkingMorning();
  await click(caseStudy, 'Read the whole story');
  expect((await life.look()).stage).toBe('nurturing');
  await life.does('pricing.viewed', { path: '/pricing' });
  const offered = await life.untilStage('assigned');
  expect(offered.score).toBeGreaterThanOrEqual(30);
  expect(offered.cadence).toBeNull();
  const brief = await life.receives('rep-brief');
  expect(brief.subject).toBe('New lead for you: Ida Brandt, Brandt Baumschulen');
  const lead = ['ebook-welcome sent', 'ebook-checklist sent', 'ebook-case-study sent'];
  await life.pass('PT30M');
  expect(await mailsTo(life, 'lead')).toEqual(lead);

  // Too early: back to the pool with half the score, and left alone for two weeks however it engages.
  await decideByLink(brief, { decision: 'reject', reason: 'too-early', note: 'After the season.' });
  const recycled = await life.untilStage('nurturing');
  expect(recycled).toMatchObject({ cadence: 'recycled', owner: null, need: { recycleCount: 1 } });
  expect(Math.abs(recycled.score - offered.score / 2)).toBeLessThanOrEqual(1);
  const rejectedAt = DateTime.fromISO(recycled.clock.now, { zone: ZONE });
  const hello = await life.passUntilMail('recycled-hello-again');
  expectAt(hello, midweekMoment(businessDaysLater(rejectedAt, 2)));
  await life.pass('PT2H');
  await click(hello, 'Work out next year');
  await life.does('webinar.registered', { webinar: 'Water in dry years' });
  expect((await life.look()).score).toBeGreaterThanOrEqual(30);
  await life.pass('P1D');
  expect(await life.look()).toMatchObject({ stage: 'nurturing', cadence: 'recycled' });

  // After the cool-off new engagement makes it ready again, and it goes to the rep who knows it.
  const news = await life.passUntilMail('recycled-news');
  expectAt(news, midweekMoment(arrival(hello).plus({ weeks: 3 })));
  await life.pass('PT2H');
  expect((await life.look()).stage).toBe('nurturing');
  await click(news, 'See what is new');
  await life.does('pricing.viewed', { path: '/pricing' });
  const again = await life.untilStage('assigned');
  expect(again.owner).toEqual(offered.owner);
  const secondBrief = await life.receives('rep-brief');
  await life.repAccepts(secondBrief);
  await expectTaken(again);

  await life.pass('P3D');
  await life.outcome({ result: 'opportunity', value: euros(9_000), funnelStage: 'quote sent' });
  await life.outcome({ result: 'won', value: euros(8_500) });
  const won = await life.untilStage('customer');
  expect(won.need).toMatchObject({ outcome: 'won', value: { amount: 850_000, currency: 'EUR' }, recycleCount: 1 });
  const wonAt = DateTime.fromISO(won.clock.now, { zone: ZONE });
  const afterSale = await life.passUntilMail('customer-welcome');
  expectAt(afterSale, workingMoment(wonAt, 9, 18));

  expect(await stagesOf(life)).toEqual([
    'nurturing',
    'qualified',
    'assigned',
    'nurturing',
    'qualified',
    'assigned',
    'accepted',
    'opportunity',
    'customer',
  ]);
  expect(await mailsTo(life, 'lead')).toEqual([
    ...lead,
    'recycled-hello-again sent',
    'webinar-confirmation sent',
    'recycled-news sent',
    'customer-welcome sent',
  ]);
  expect(await mailsTo(life, 'rep')).toEqual(['rep-brief sent', 'rep-brief sent']);
  // SMTP saw exactly what the timeline tells.
  expect(stack.sink.to(life.email.toLowerCase())).toHaveLength(7);
});

/** Two who decideByLink at once: one yes has been said, and the second hears no. */
async function expectTaken(lead: Lead): Promise<void> {
  const { items } = await stack.operator.get<Assignments>(`/v1/assignments?lead=${lead.id}&status=accepted`);
  await expect(stack.operator.post(`/v1/assignments/${items[0]?.id}/accept`)).rejects.toThrow(/409 .*accepted already/);
}

test('a lead reads as a story in the Temporal UI', async () => {
  const life = stack.lifeOf({ ...IDA, email: 'story.{run}@brandt-baumschulen.example' });
  await life.comesIn(showVisit('greenhouse'), 'operator');
  await life.passUntilMail('show-thank-you');
  const process = stack.temporal.workflow.getHandle(life.leadId);
  // In office hours the mail leaves at once, and the process hears of it a moment later.
  const state = await poll(
    () => process.query<Standing | null>('state'),
    (standing) => standing?.next.kind === 'step' && standing.next.stepId === 'offer',
    15_000,
  );
  expect(state).toMatchObject({ stage: 'nurturing', cadence: 'trade-show-offer' });
  const { typedSearchAttributes } = await process.describe();
  const attributes = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
  expect(attributes).toMatchObject({
    LeadStage: 'nurturing',
    LeadGrade: 'A',
    Cadence: 'trade-show-offer',
    LeadSource: 'trade-show',
  });
  expect(await process.query('why')).toMatch(/\*\*Next\*\* Wait until \w{3} .* Europe\/Berlin for ‘offer’/);
  const kept = await payloadsOf(process.workflowId);
  expect(kept).toContain('‘offer’');
  const personal = [IDA.firstName, IDA.lastName, IDA.company, '@'];
  expect(personal.filter((part) => kept.includes(part))).toEqual([]);
});

/** All that the process's history keeps: inputs, results, summaries. */
async function payloadsOf(workflowId: string): Promise<string> {
  const history = JSON.stringify(await stack.temporal.workflow.getHandle(workflowId).fetchHistory());
  return [...history.matchAll(/"data":"([^"]+)"/g)]
    .map(([, data = '']) => Buffer.from(data, 'base64').toString())
    .join('\n');
}
