import { z } from 'zod';
import { HIGHEST_BROADCAST_RATE } from '../domain/broadcast.ts';
import { cronProblem } from '../domain/cron.ts';
import { LEADS_OWN_ZONE, type Newsletter, type NewsletterTimes } from '../domain/newsletter.ts';
import { stated } from '../domain/stated.ts';
import { condition } from '../language/condition-schema.ts';
import { clock, days, key, mapping, readBy, span, words, writtenAs, zone } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import { checkConditionNames } from './condition-names.ts';
import { checkKnown, checkTemplate, type KnownNames } from './context.ts';

const numbers = (from: number, to: number, what: string): z.ZodType<number[]> =>
  z
    .array(z.int(what).min(from, what).max(to, what), { error: what })
    .min(1, what)
    .transform((list) => [...new Set(list)].toSorted((one, other) => one - other));

const months = numbers(1, 12, 'expected months by their numbers, such as [3, 6, 9, 12]').optional();
const time = clock.refine((text) => text !== '24:00', 'expected a time from "00:00" to "23:59"');

const ofWeek: z.ZodType<NewsletterTimes> = mapping({
  days,
  week: z
    .int('expected a number from 1 to 4: the first to the fourth such day of a month')
    .min(1, 'expected a number from 1 to 4')
    .max(4, 'expected a number from 1 to 4')
    .optional(),
  months,
  at: time,
}).transform((one): NewsletterTimes => stated(one));
const ofMonth: z.ZodType<NewsletterTimes> = mapping({
  dates: numbers(1, 28, 'expected days of the month from 1 to 28, which every month has, such as [1, 15]'),
  months,
  at: time,
}).transform((one): NewsletterTimes => stated(one));
const byCron: z.ZodType<NewsletterTimes> = mapping({
  cron: z.string({ error: 'expected a cron expression such as "0 9 * * tue"' }).transform((text, context) => {
    const problem = cronProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    return text.trim().split(/\s+/).join(' ');
  }),
});

const has = (value: unknown, name: string): boolean => typeof value === 'object' && value !== null && name in value;
const times = writtenAs<NewsletterTimes>(
  (value) => (has(value, 'cron') ? byCron : has(value, 'dates') ? ofMonth : ofWeek),
  [ofWeek, ofMonth, byCron],
);

const NO_TRIAL =
  'a newsletter has one template for all its leads; for a trial of several wordings plan the issue as a broadcast: `nurture broadcast new KEY --variant …`';
/** What broadcasts have and newsletters have not: said in words, where somebody looks for it. */
const ofBroadcasts = readBy<never>((_value, report) => {
  report([], NO_TRIAL);
  return undefined;
})
  .meta({ not: {}, description: NO_TRIAL })
  .optional();

const newsletter = mapping({
  name: words.optional(),
  template: key,
  segment: key.optional(),
  when: condition('lead').optional(),
  send: times,
  timeZone: writtenAs<string>(
    (value) => (value === LEADS_OWN_ZONE ? z.literal(LEADS_OWN_ZONE) : zone),
    [z.literal(LEADS_OWN_ZONE), zone],
  ).optional(),
  catchUp: span.default({ amount: 1, unit: 'days' }),
  rate: z.int('expected messages in a minute').min(1).max(HIGHEST_BROADCAST_RATE).optional(),
  again: z.boolean().optional(),
  paused: z.boolean().optional(),
  trial: ofBroadcasts,
  variants: ofBroadcasts,
});

export const newslettersSchema = z.record(key, newsletter);

/** Reads newsletters.yaml; null when it has mistakes, which are reported. */
export function readNewsletters(file: YamlFile, known: KnownNames): Newsletter[] | null {
  const read = file.parse(newslettersSchema);
  checkConditionNames(file, known);
  if (read === null) return null;
  for (const [name, { template, segment, when, catchUp }] of Object.entries(read)) {
    checkTemplate(file, [name, 'template'], template, known);
    checkKnown(file, [name, 'segment'], 'segment', segment, known.segments);
    if ((segment === undefined) === (when === undefined))
      file.report([name], 'expected `segment` or `when`: one of the two says whom it is for', 'key');
    if (catchUp.unit === 'business days')
      file.report([name, 'catchUp'], 'business days depend on a calendar; expected a duration such as "1 day"');
  }
  return Object.entries(read).map(([name, { send, ...one }]) => stated({ newsletter: name, times: send, ...one }));
}
