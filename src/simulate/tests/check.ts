/** Whether a simulated life was as a test expects: pure. */
import { WEEKDAYS } from '../../domain/cadence.ts';
import { spanToMs, spanToText } from '../../domain/schedule.ts';
import type { SimulatedMail, Simulation } from '../result.ts';
import { fits, inWords } from './amount.ts';
import { checkWay } from './check-way.ts';
import type { Claim, Expectation } from './test-schema.ts';

/** What was not as expected, and what was: "expected 3 emails by day 10, got 2: a (day 0), b (day 2)". */
export interface Failure {
  claim: Claim | 'within';
  message: string;
}

export function check(simulation: Simulation, expectation: Expectation): Failure[] {
  const { byDay, emails, noneOn, hours, got, within, never, order, notSent, stage, reached, score, handOffs } =
    expectation;
  const isBy = ({ day }: { day: number }): boolean => byDay === undefined || day <= byDay;
  const by = byDay === undefined ? '' : ` by day ${byDay}`;
  const mails = simulation.mails.filter((mail) => mail.to === 'lead' && isBy(mail));
  const stages = simulation.stages.filter(isBy);
  const failures: Failure[] = [];
  const fail = (claim: Failure['claim'], message: string): unknown => failures.push({ claim, message });

  if (emails !== undefined && !fits(mails.length, emails))
    fail('emails', `expected ${inWords(emails)} emails${by}, got ${mails.length}${list(mails)}`);
  if (noneOn !== undefined) {
    const wrong = mails.filter(({ weekday }) => noneOn.some((day) => WEEKDAYS.indexOf(day) + 1 === weekday));
    if (wrong.length > 0) fail('noneOn', `expected no email on ${noneOn.join(', ')}${by}, got ${listed(wrong)}`);
  }
  if (hours !== undefined) {
    const wrong = mails.filter(({ time }) => time < hours.from || time > hours.to);
    if (wrong.length > 0) fail('hours', `expected emails from ${hours.from} to ${hours.to}${by}, got ${listed(wrong)}`);
  }
  for (const template of got ?? []) {
    const mail = mails.find((one) => one.template === template);
    if (mail === undefined)
      fail('got', `expected ‘${template}’${by}, ${whyNot(simulation, template) ?? `got${list(mails)}`}`);
    else if (within !== undefined && Date.parse(mail.at) - Date.parse(simulation.startedAt) > spanToMs(within))
      fail('within', `expected ‘${template}’ within ${spanToText(within)}, it came on day ${mail.day}, ${mail.when}`);
  }
  for (const template of never ?? []) {
    const wrong = mails.filter((one) => one.template === template);
    if (wrong.length > 0) fail('never', `expected no ‘${template}’${by}, it came on ${listed(wrong)}`);
  }
  if (order !== undefined) {
    const seen = mails.map(({ template }) => template).filter((template) => order.includes(template));
    if (order.some((template, index) => seen[index] !== template))
      fail('order', `expected the order ${order.join(', ')}${by}, got ${seen.join(', ') || 'none of them'}`);
  }
  for (const template of notSent ?? [])
    if (!simulation.notSent.some((one) => one.template === template && isBy(one)))
      fail(
        'notSent',
        `expected that ‘${template}’ is held back${by}, ${mails.some((one) => one.template === template) ? 'it was sent' : 'its turn never came'}`,
      );
  if (stage !== undefined) {
    const found = stages.at(-1)?.to ?? 'new';
    const earlier = stages.find(({ to }) => to === stage);
    const hint = earlier === undefined ? '' : `; it was there on day ${earlier.day}: write "reached" if that is meant`;
    if (found !== stage) fail('stage', `expected stage ${stage}${by}, found ${found}${hint}`);
  }
  if (reached !== undefined && !stages.some(({ to }) => to === reached))
    fail(
      'reached',
      `expected that stage ${reached} is reached${by}, the stages were ${stages.map(({ to }) => to).join(', ')}`,
    );
  if (score !== undefined) {
    const found = simulation.scores.findLast(isBy)?.score ?? 0;
    if (!fits(found, score)) fail('score', `expected a score of ${inWords(score)}${by}, found ${found}`);
  }
  if (handOffs !== undefined) {
    const found = simulation.handOffs.filter(isBy);
    if (!fits(found.length, handOffs))
      fail('handOffs', `expected ${inWords(handOffs)} hand-offs${by}, there were ${found.length}`);
  }
  return [...failures, ...checkWay(simulation, expectation)];
}

function list(mails: readonly SimulatedMail[]): string {
  return mails.length === 0 ? '' : `: ${listed(mails)}`;
}

function listed(mails: readonly SimulatedMail[]): string {
  return mails.map(({ template, day, when }) => `${template} (day ${day}, ${when})`).join(', ');
}

/** Why a template was not sent, if its turn came. */
function whyNot({ notSent }: Simulation, template: string): string | null {
  const found = notSent.find((one) => one.template === template);
  return found === undefined ? null : `it was not sent: ${found.why}`;
}
