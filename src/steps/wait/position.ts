import type { DateOfCampaign } from '../../domain/campaign.ts';
import type { Span, Weekday } from '../../domain/cadence.ts';
import type { Offset } from '../../domain/moment.ts';
import { spanToText } from '../../domain/schedule.ts';
import { type StepPosition, type Way, waitsUntilDue, waysOn } from '../position.ts';

/** Lets time pass. */
export type WaitStep = { id: string; kind: 'wait'; next?: string | null } & WaitBody;

export type WaitBody = WaitFor | WaitUntil | WaitForDate;

/** A span; `at`: then until that time of the day ("09:00") on which it ends. */
type WaitFor = { for: Span; at?: string };

/** Until the next such time of day on one of these days. */
type WaitUntil = { until: { days: readonly Weekday[]; at: string } };

/**
 * Until so long before or after a date that may change meanwhile. The steps after it, up to the next wait of this sort, are bound to the
 * date: a lead that comes when the moment has passed passes them over.
 */
export type WaitForDate = {
  date: DateRef;
  offset?: Offset;
  /** At this time of that day. */
  at?: string;
  ifMissing: 'skip' | 'exit';
  ifPassed: 'skip' | 'continue' | 'exit';
  /** Where a lead goes that passes the steps over; without it to the next wait until a date. */
  skipTo?: string;
};

/** An attribute of the lead, or a date of the campaign that the cadence is about. */
export type DateRef = { attribute: string } | { campaign: DateOfCampaign };

export type DatedWait = WaitStep & WaitForDate;

export function isDated(step: { kind: string }): step is DatedWait {
  return step.kind === 'wait' && 'date' in step;
}

export const waitPosition: StepPosition<WaitStep> = {
  time: 'passes',
  timeOf: (step) => (isDated(step) ? 'stays' : 'passes'),
  startsListening: false,
  toldBy: 'step',
  due(step, arrival) {
    if ('for' in step) {
      const over = arrival.after(step.for);
      return step.at === undefined ? over : arrival.atTimeOfDay(over, step.at);
    }
    // What the date is, is read when the step is performed: at once, and then it waits.
    return 'until' in step ? arrival.nextTimeOfDay(step.until.days, step.until.at) : arrival.atMs;
  },
  ways: (step, next) => [...waysOn(step, next), ...waysPast(step)],
  waiting: (step, until) =>
    isDated(step) ? `Wait until ${until} (${dateInWords(step)}) at ‘${step.id}’` : waitsUntilDue(step, until),
  label(step) {
    if ('for' in step) return `Wait ${spanToText(step.for)}${step.at === undefined ? '' : `, then until ${step.at}`}`;
    return 'until' in step
      ? `Wait until ${step.until.days.join(', ')} ${step.until.at}`
      : `Wait until ${dateInWords(step)}`;
  },
};

/** Ways of a lead for which there is no date, or which comes too late. */
function waysPast(step: WaitStep): Way[] {
  if (!isDated(step)) return [];
  const ways: Way[] = [];
  if (step.skipTo !== undefined) ways.push({ go: 'to', stepId: step.skipTo, when: 'the moment has passed' });
  if (step.ifMissing === 'exit') ways.push({ go: 'out', because: 'the date is not known' });
  if (step.ifPassed === 'exit') ways.push({ go: 'out', because: 'the moment has passed' });
  return ways;
}

const CAMPAIGN_DATES: Readonly<Record<DateOfCampaign, string>> = {
  starts: 'the campaign starts',
  ends: 'the campaign ends',
  event: 'the event of the campaign',
};

/** "1 day before the campaign starts" */
export function dateInWords({ date, offset, at }: WaitForDate): string {
  const what = 'attribute' in date ? date.attribute : CAMPAIGN_DATES[date.campaign];
  const moved = offset === undefined ? what : `${spanToText(offset.span)} ${offset.direction} ${what}`;
  return at === undefined ? moved : `${moved}, at ${at}`;
}
