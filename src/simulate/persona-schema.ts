/** The language of playbook/personas/*.yaml. */
import { z } from 'zod';
import { WEEKDAYS, type Weekday } from '../domain/cadence.ts';
import { OUTCOMES } from '../domain/commands.ts';
import { BANT_STATES, MATURITIES } from '../domain/stage.ts';
import { CONTACT_RESULTS } from '../domain/contact-results.ts';
import { key, mapping, readBy, span, words, zone } from '../language/schemas.ts';
import { OWN_EVENTS } from '../domain/own-events.ts';
import { MAIL_DEEDS } from './persona.ts';

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

export const clock = z.string().regex(CLOCK, 'expected a time such as "10:30"');

const dayNumber = z
  .int('expected a whole number of days')
  .min(0, 'expected a day from 0 on')
  .max(730, 'expected a day up to 730');

/** "mon 10:00" */
const weekTime = z
  .string()
  .transform((text, context): { day: Weekday; time: string } => {
    const [, name = '', time = ''] = /^\s*([a-z]{3})\s+(\S+)\s*$/i.exec(text) ?? [];
    const day = WEEKDAYS.find((one) => one === name.toLowerCase());
    if (day !== undefined && CLOCK.test(time)) return { day, time };
    context.addIssue({
      code: 'custom',
      message: `expected a day and a time such as "mon 10:00" (${WEEKDAYS.join(', ')})`,
    });
    return z.NEVER;
  })
  .meta({ type: 'string', examples: ['mon 10:00'] });

/** "60%" as 0.6 */
const share = readBy<number>((value, report) => {
  const text = typeof value === 'string' ? value.trim() : '';
  const percent = /^\d+(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
  if (percent >= 0 && percent <= 100) return percent / 100;
  return report([], 'expected a share from "0%" to "100%"') ?? undefined;
}).meta({ type: 'string', pattern: '^\\d+(\\.\\d+)?%$', examples: ['60%'] });

const properties = z.record(z.string(), z.unknown());

const profile = {
  email: z.email('expected an email address').optional(),
  phone: words.optional(),
  firstName: words.optional(),
  lastName: words.optional(),
  company: words.optional(),
  jobTitle: words.optional(),
  industry: words.optional(),
  companySize: z.int('expected a whole number').min(0, 'expected a whole number from 0 on').optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'expected a country as in "DE"')
    .optional(),
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'expected a language as in "en" or "de-AT"')
    .optional(),
  timeZone: zone.optional(),
  preferredChannel: words.optional(),
  attributes: properties.optional(),
};

const need = mapping({
  type: words.optional(),
  productLine: words.optional(),
  maturity: z.enum(MATURITIES).optional(),
  budget: z.enum(BANT_STATES).optional(),
  authority: z.enum(BANT_STATES).optional(),
  need: z.enum(BANT_STATES).optional(),
  timing: z.enum(BANT_STATES).optional(),
  valueMinor: z
    .int('expected a whole number, in minor units of its currency')
    .min(0, 'expected a whole number from 0 on')
    .optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'expected a currency as in "EUR"')
    .optional(),
});

/** What the engine itself records is done by a persona with its mails. */
const INSTEAD: Readonly<Record<string, string>> = {
  'email.opened': 'an open happens in a mail: write it under "reads", as in mails: [{ mail: 1, does: open }]',
  'email.clicked':
    'a click happens in a mail: write it under "reads", as in mails: [{ mail: 1, does: click }], or with times: 2 for two clicks in it',
  'email.bounced': 'the mails of a simulation reach everybody, so none comes back: leave it out',
  unsubscribed:
    'who unsubscribes does so in a mail: write it under "reads", as in mails: [{ mail: 1, does: unsubscribe }]',
};

const eventType = words.refine((type) => !OWN_EVENTS.has(type), {
  error: ({ input }) => INSTEAD[String(input)] ?? 'the engine itself records this event',
});

const event = mapping({ type: eventType, properties: properties.optional() });

/** What a request states besides the profile. */
const asks = {
  source: words.optional(),
  medium: words.optional(),
  campaign: words.optional(),
  content: words.optional(),
  landingPage: words.optional(),
  referrer: words.optional(),
  channel: words.optional(),
  how: z.enum(['form', 'api', 'csv', 'referral', 'phone', 'email', 'event']).default('form'),
  need: need.optional(),
  event: event.optional(),
  enterAt: mapping({
    stage: z.enum(['assigned', 'opportunity']),
    owner: key.optional(),
    funnelStage: words.optional(),
  }).optional(),
};

/** true: agreed to the mail. false: said nothing. */
const consent = z.union([z.boolean(), mapping({ text: words, source: words, granted: z.boolean().optional() })], {
  error: 'expected true, false, or { text, source }',
});

/** A number from 1 on, or a text. */
function numberOr(text: z.ZodString, expected: string): z.ZodUnion<[z.ZodInt, z.ZodString]> {
  return z.union([z.int().min(1, expected), text], { error: expected });
}

const TIMES = 'expected how often, from 1 to 20';

const mailRule = mapping({
  mail: numberOr(words, 'expected the number of a mail (the first is 1) or the key of its template'),
  does: z.enum(MAIL_DEEDS),
  link: numberOr(words, 'expected the words of a link or its number (the first is 1)').optional(),
  times: z.int(TIMES).min(1, TIMES).max(20, TIMES).optional(),
  after: span.optional(),
}).refine(({ does, times }) => times === undefined || does === 'click', {
  path: ['times'],
  message: '"times" says how often a link is followed: write it with "does: click"',
});

const reads = mapping({
  opens: share.default(0.6),
  clicks: share.default(0),
  after: span.default({ amount: 3, unit: 'hours' }),
  mails: z.array(mailRule).default([]),
});

const deed = mapping({
  day: dayNumber,
  at: clock.default('11:00'),
  event: eventType.optional(),
  properties: properties.optional(),
  request: mapping({ ...profile, ...asks, consent: consent.optional() }).optional(),
}).refine(
  (one) => (one.event === undefined) !== (one.request === undefined),
  'write either an "event" (with "properties") or a "request"',
);

const outcome = mapping({
  result: z.enum(OUTCOMES),
  after: span.default({ amount: 3, unit: 'days' }),
  valueMinor: z.int().min(0, 'expected a whole number from 0 on').optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'expected a currency as in "EUR"')
    .optional(),
  funnelStage: words.optional(),
  reason: key.optional(),
});

const answer = mapping({
  decision: z.enum(['accept', 'reject', 'none']),
  reason: key.optional(),
  note: words.optional(),
  after: span.default({ amount: 2, unit: 'hours' }),
  outcomes: z.array(outcome).default([]),
}).refine((one) => one.decision !== 'reject' || one.reason !== undefined, {
  path: ['decision'],
  message: 'a rejection needs a "reason", a key of reasons.yaml',
});

const tasks = mapping({
  after: span.default({ amount: 1, unit: 'business days' }),
  done: z.boolean().default(true),
  result: z.enum(CONTACT_RESULTS).optional(),
});

/** What a file says. The email or phone is asked for by hand, so that the message can stand at `profile`. */
export const personaSchema = mapping({
  name: words,
  description: words.optional(),
  arrives: weekTime.default({ day: 'mon', time: '10:00' }),
  profile: mapping(profile),
  ...asks,
  consent: consent.default(true),
  reads: reads.prefault({}),
  does: z.array(deed).default([]),
  rep: mapping({ answers: z.array(answer).default([]), tasks: tasks.prefault({}) }).prefault({}),
});

export type PersonaFile = z.output<typeof personaSchema>;
