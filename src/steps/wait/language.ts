import { z } from 'zod';
import { anyCase, parseSpan, SPAN_PATTERN, whyNoSpan } from '../../domain/span.ts';
import { WEEKDAYS, type Weekday } from '../../domain/cadence.ts';
import type { Offset } from '../../domain/moment.ts';
import { stated } from '../../domain/stated.ts';
import { minutesOf } from '../../domain/window.ts';
import {
  clock,
  CLOCK_PATTERN,
  days,
  key,
  mapping,
  readBy,
  span,
  SPAN_TEXT,
  textLike,
  writtenAs,
} from '../../language/schemas.ts';
import { next, readNext, stepId, type StepLanguage } from '../language.ts';
import type { DateRef, WaitBody, WaitStep } from './position.ts';

const EXPECTED_OFFSET = 'expected a time before or after such as "-1 day" or "2 hours"';

/** "-1 day": before the date. "2 hours", "+2 hours": after it. */
const offset = readBy<Offset>((value, report) => {
  const [, sign, text] = typeof value === 'string' ? (/^\s*([-+]?)\s*(.+)$/.exec(value) ?? []) : [];
  const read = text === undefined ? null : parseSpan(text);
  if (read === null) return report([], text === undefined ? EXPECTED_OFFSET : whyNoOffset(text)) ?? undefined;
  return { span: read, direction: sign === '-' ? 'before' : 'after' };
}).meta(
  textLike(`^\\s*[-+]?\\s*${SPAN_PATTERN.slice(1)}`, 'a time before or after such as "-1 day" or "2 hours"', [
    '-1 day',
    '-2 hours',
    '1 week',
  ]),
);

function whyNoOffset(text: string): string {
  return /^P|month|year/i.test(text) ? whyNoSpan(text, '"-1 day"') : EXPECTED_OFFSET;
}

const EXPECTED_TIME = 'expected a time such as "tuesday 09:00", "mon-fri 09:00" or "09:00"';

const NAMED_DAY = `${anyCase(`(${WEEKDAYS.join('|')})`)}[A-Za-z]*`;
const NAMED_DAYS = `\\s*(${anyCase('daily')}|${NAMED_DAY}(\\s*-\\s*${NAMED_DAY})?)\\s*`;
const TIME_PATTERN = `(${NAMED_DAYS}(,${NAMED_DAYS})*)?\\s*${CLOCK_PATTERN}\\s*$`;
const TIMES = 'a time such as "tuesday 09:00", "mon-fri 09:00" or "09:00"';

/** "tuesday 09:00", "mon-fri 09:00", "09:00" */
const timeOfDay = readBy<{ days: Weekday[]; at: string }>((value, report) => {
  const [, named, at = ''] = typeof value === 'string' ? (/^\s*(.*?)\s*(\d{1,2}:\d\d)\s*$/.exec(value) ?? []) : [];
  const read =
    named === undefined || named === '' ? { success: true, data: [...WEEKDAYS] } : days.safeParse(short(named));
  if (minutesOf(at) === null || !read.success || read.data === undefined) return report([], EXPECTED_TIME) ?? undefined;
  return { days: read.data, at };
}).meta(textLike(`^${TIME_PATTERN}`, TIMES, ['tuesday 09:00', 'mon-fri 09:00']));

/** "Tuesday, Thursday" as "tue, thu" */
function short(named: string): string {
  return named.toLowerCase().replaceAll(/\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*/g, '$1');
}

const ATTRIBUTE = /^(?:attributes\.)?([^\s.]+)$/;

const attributeDate = mapping({
  attribute: z.string().regex(ATTRIBUTE, 'expected the name of an attribute such as "contractEnds"'),
  offset: offset.optional(),
  at: clock.optional(),
}).transform(({ attribute, ...more }) => ({
  date: { attribute: ATTRIBUTE.exec(attribute)?.[1] ?? attribute },
  ...more,
}));

const campaignDate = mapping({
  campaign: z.enum(['starts', 'ends', 'event']),
  offset: offset.optional(),
  at: clock.optional(),
}).transform(({ campaign, ...more }) => ({ date: { campaign }, ...more }));

interface WrittenDate {
  date: DateRef;
  offset?: Offset | undefined;
  at?: string | undefined;
}

const date = writtenAs<WrittenDate>(
  (value) => (typeof value === 'object' && value !== null && 'campaign' in value ? campaignDate : attributeDate),
  [campaignDate, attributeDate],
);

const UNTIL = /^\s*until\s+/i;

/** A text: a span, or "until" with a time of day. */
const inOneLine = writtenAs<WaitBody>((value) =>
  typeof value === 'string' && UNTIL.test(value)
    ? z.preprocess((text) => String(text).replace(UNTIL, ''), timeOfDay).transform((until) => ({ until }))
    : span.transform((one) => ({ for: one })),
).meta({
  anyOf: [
    SPAN_TEXT,
    textLike(`^\\s*[Uu][Nn][Tt][Ii][Ll]\\s+${TIME_PATTERN}`, `until ${TIMES}`, ['until tuesday 09:00']),
  ],
});

const forSpan: z.ZodType<WaitBody> = mapping({ for: span, at: clock.optional() }).transform((one) => stated(one));
const untilTime: z.ZodType<WaitBody> = mapping({ until: timeOfDay });
const passing = {
  ifMissing: z.enum(['skip', 'exit']).default('skip'),
  ifPassed: z.enum(['skip', 'continue', 'exit']).default('skip'),
  skipTo: key.optional(),
};
const untilDate: z.ZodType<WaitBody> = mapping({ until: date, ...passing }).transform(({ until, ...more }) =>
  stated({ ...until, ...more }),
);

const wait = writtenAs<WaitBody>(
  (value) => {
    if (typeof value !== 'object' || value === null) return inOneLine;
    if ('for' in value) return forSpan;
    return 'until' in value && typeof value.until === 'string' ? untilTime : untilDate;
  },
  [inOneLine, forSpan, untilTime, untilDate],
);

const schema = mapping({ id: stepId, wait, next });

export const waitLanguage: StepLanguage<WaitStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    if (read === null) return null;
    const { wait: body } = read;
    if ('skipTo' in body && body.skipTo !== undefined) reader.target(['wait', 'skipTo'], body.skipTo);
    return { id: reader.id, kind: 'wait', ...body, ...readNext(reader, read.next) };
  },
  defaultId: (_written, place) => `wait-${place}`,
};
