/** The part of settings.yaml that says how fast mails leave, and whom they are from. */
import { z } from 'zod';
import { isEmailAddress } from '../domain/email-address.ts';
import type { Sender } from '../domain/playbook.ts';
import { type Rate, RATE_UNITS, type RateUnit, type Sending, type WarmUp } from '../domain/sending-limits.ts';
import type { TrackingRules } from '../domain/tracking.ts';
import { stated } from '../domain/stated.ts';
import { key, mapping, textLike, words, writtenAs } from '../language/schemas.ts';

const EXPECTED_RATE = 'a rate such as "20/s", "600/min", "5000/h" or "20000/day"';
const RATE = `^[1-9]\\d{0,8}/(${RATE_UNITS.join('|')})$`;

const rate = z
  .string({ error: `expected ${EXPECTED_RATE}` })
  .regex(new RegExp(RATE), `expected ${EXPECTED_RATE}`)
  .transform((text): Rate => {
    const [mails = '', per = 's'] = text.split('/');
    return { mails: Number(mails), per: per as RateUnit };
  })
  .meta(textLike(RATE, EXPECTED_RATE, ['20/s', '600/min', '5000/h']));

const EXPECTED_DAY = 'expected a date such as "2026-12-01"';
const warmUp = mapping({
  from: z.iso.date({ error: EXPECTED_DAY }),
  days: z
    .array(z.int('expected a number of mails').min(1, 'expected at least one mail'))
    .min(1, 'expected the mails of each day, as in [50, 100, 500]')
    .max(366, 'expected at most 366 days'),
}).transform((one): WarmUp => one);

const DOMAIN = /^(\*|(?:[a-z0-9-]+\.)+[a-z0-9-]{2,})$/;
const EXPECTED_DOMAIN = 'expected a receiving domain such as gmail.com, several with blanks between them, or "*"';

export const sending = mapping({
  atMost: rate.optional(),
  domains: z
    .record(
      z
        .string()
        .refine((names) => names.split(/[\s,]+/).every((name) => DOMAIN.test(name.toLowerCase())), EXPECTED_DOMAIN),
      rate,
    )
    .transform((byName) =>
      Object.entries(byName).map(([names, atMost]) => ({ domains: names.toLowerCase().split(/[\s,]+/), atMost })),
    )
    .optional(),
  warmUp: warmUp.optional(),
}).transform((one): Sending => stated(one));

const mailbox = z.string().refine((text) => isEmailAddress(text), 'expected an address such as "news@shop.example"');

const EXPECTED_RETURN_DOMAIN = 'expected a domain for mails that come back, such as "bounces.shop.example"';
const returnDomain = z
  .string({ error: EXPECTED_RETURN_DOMAIN })
  .regex(/^([A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}$/, EXPECTED_RETURN_DOMAIN)
  .transform((domain) => domain.toLowerCase());

export const senders = z
  .record(
    key,
    mapping({
      name: words.optional(),
      from: mailbox.optional(),
      replyTo: mailbox.optional(),
      returnDomain: returnDomain.optional(),
      owner: z.boolean('expected true or false').optional(),
      topics: z.array(key).default([]),
      atMost: rate.optional(),
      warmUp: warmUp.optional(),
    }),
  )
  .transform((byKey): Sender[] => Object.entries(byKey).map(([sender, one]) => stated({ sender, ...one })));

const EXPECTED_TRACKING = 'expected off, or { opens: off, consentIn: [DE, AT] }';
const country = z
  .string({ error: 'expected a country such as DE' })
  .regex(/^[A-Z]{2}$/, 'expected a country of two letters such as DE');
const countries = z.union([z.literal('all'), z.array(country).min(1, 'expected at least one country')], {
  error: 'expected countries, as in [DE, AT], or all',
});
const trackingRules: z.ZodType<TrackingRules> = mapping({
  opens: z.literal('off', 'expected off').optional(),
  consentIn: writtenAs<string[] | 'all'>(
    (value) =>
      Array.isArray(value)
        ? z.array(country).min(1, 'expected at least one country')
        : z.literal('all', 'expected countries, as in [DE, AT], or all'),
    [countries],
  ).optional(),
}).transform((one): TrackingRules => stated(one));
const noTracking = z.literal('off', EXPECTED_TRACKING).transform((): TrackingRules => ({ off: true }));

export const tracking = writtenAs<TrackingRules>(
  (value) => (typeof value === 'object' && value !== null ? trackingRules : noTracking),
  [trackingRules, noTracking],
);
