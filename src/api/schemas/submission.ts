import { z } from 'zod';
import { countryCode, LONGEST_COUNTRY } from '../../domain/country.ts';
import {
  EMAIL_PATTERN,
  hasAsciiLocalPart,
  LOCAL_PART_WORDS,
  LONGEST_EMAIL,
  withAsciiDomain,
} from '../../domain/email-address.ts';
import { stripAddresses } from '../../domain/redact.ts';
import { BANT_STATES, MATURITIES } from '../../domain/stage.ts';
import type { Stated } from '../../domain/stated.ts';
import { cleanJson, singleLine } from '../../domain/clean-text.ts';
import { LONGEST, LONGEST_CODE, LONGEST_OF_NEED } from '../../store/capture/clean-submission.ts';
import { unstorableBecause } from '../../store/storable.ts';
import type { LeadSubmission } from '../../store/capture/submit-lead.ts';
import { Instant, line, text } from './common.ts';
import { Money } from './money.ts';

/** POST /v1/leads: one request of a person, from a form, a system or a rep. */

export const Email = z
  .string()
  .trim()
  .max(LONGEST_EMAIL)
  .refine(hasAsciiLocalPart, { message: LOCAL_PART_WORDS, abort: true })
  .transform(withAsciiDomain)
  .pipe(z.email({ pattern: EMAIL_PATTERN }).max(LONGEST_EMAIL))
  .transform((value) => value.toLowerCase())
  .meta({ example: 'ada@example.com', override: { type: 'string', format: 'email', maxLength: LONGEST_EMAIL } });

const anyProperties = z.record(z.string().max(100), z.unknown());
const asObject = { override: { type: 'object', additionalProperties: true } } as const;

/** JSON that PostgreSQL can keep. */
export const Properties = anyProperties.superRefine(refuseUnstorable).meta(asObject);

/** The same of a form: a person is not lost over an odd character. */
const StatedProperties = anyProperties
  .transform((value) => cleanJson(value) as Record<string, unknown>)
  .superRefine(refuseUnstorable)
  .meta(asObject);

function refuseUnstorable(value: object, context: z.core.$RefinementCtx): void {
  const reason = unstorableBecause(value);
  if (reason !== null) context.addIssue({ code: 'custom', message: `cannot be stored: ${reason}` });
}

const Bant = z.enum(BANT_STATES);

const Need = z
  .strictObject({
    type: line(LONGEST_OF_NEED.type).optional(),
    productLine: line(LONGEST_OF_NEED.productLine).optional(),
    maturity: z.enum(MATURITIES).optional(),
    budget: Bant.optional(),
    authority: Bant.optional(),
    need: Bant.optional(),
    timing: Bant.optional(),
    value: Money.optional(),
  })
  .meta({ description: 'What the person may buy. Every part is optional' });

const Consent = z
  .strictObject({
    text: text(2000).meta({
      description: 'The words the person agreed to',
      example: 'Yes, send me tips and offers by email.',
    }),
    source: text(200).meta({ example: 'ebook form' }),
    granted: z.boolean().optional().meta({ description: 'True by default' }),
    version: text(50).optional(),
    at: Instant.optional(),
    topics: z
      .array(text(100))
      .max(50)
      .optional()
      .meta({ description: 'Topics it is about, as the templates name them; every topic without it' }),
    ip: text(45).optional().meta({
      description:
        'Network address that the person gave it from: a keyed hash of it is stored. With a site key it is known already',
    }),
  })
  .meta({
    description: 'Consent to marketing mail, or its refusal, with proof. Without consent no marketing mail is sent.',
  });

const EnterAt = z
  .strictObject({
    stage: z.enum(['assigned', 'opportunity']),
    owner: text(100).optional().meta({ description: 'Key of a rep' }),
    funnelStage: text(100).optional(),
  })
  .meta({ description: 'A ready buyer or a referral enters with sales. Not from a site key.' });

/** Where a lead came from. It is shown in Temporal, where no address may stand. */
const Source = line(LONGEST.source)
  .transform((source) => stripAddresses(singleLine(source)))
  .meta({ example: 'ebook', override: { type: 'string', minLength: 1, maxLength: 100 } });

/** The system that created the id of an event. */
export const EventSource = text(200).meta({
  description:
    'The system that created the id; the API key if omitted. Give two integrations of one shop the same source, so that an order counts once. Not with a site key.',
  example: 'shop',
});

const Event = z
  .strictObject({
    id: text(200).optional(),
    source: EventSource.optional(),
    type: text(100),
    properties: StatedProperties.optional(),
  })
  .meta({
    description:
      'An event to record with the lead, such as form.submitted, which names its form in `properties.form`. It is scored like any other event',
  });

export const Submission = z
  .strictObject({
    email: Email.optional(),
    phone: text(LONGEST.phone).optional().meta({
      description:
        'With a country code, or as dialed in the stated country. A number that cannot be read is kept as stated',
      example: '+49 30 1234567',
    }),
    firstName: line(LONGEST.firstName).optional(),
    lastName: line(LONGEST.lastName).optional(),
    company: line(LONGEST.company).optional(),
    jobTitle: line(LONGEST.jobTitle).optional(),
    industry: line(LONGEST.industry).optional(),
    companySize: z.int().min(0).max(10_000_000).optional().meta({ description: 'Number of people' }),
    country: z
      .string()
      .max(LONGEST_COUNTRY)
      .refine(
        (written) => countryCode(written) !== null,
        'must be an ISO 3166 code of two letters, as in DE, or the name of a country',
      )
      .transform((written) => countryCode(written) ?? written)
      .meta({
        description:
          'An ISO 3166 code of two letters, or the name of the country in English or one of ten other languages',
        example: 'DE',
      })
      .optional(),
    language: z
      .string()
      .max(LONGEST_CODE.language)
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag, as in en or de-AT')
      .optional(),
    timeZone: z
      .string()
      .max(LONGEST_CODE.timeZone)
      .refine(isTimeZone, 'must be an IANA time zone, as in Europe/Berlin')
      .optional(),
    preferredChannel: line(LONGEST.preferredChannel).optional(),
    attributes: StatedProperties.optional(),
    source: Source.optional(),
    medium: line(LONGEST.medium).optional(),
    campaign: line(LONGEST.campaign).optional().meta({ example: 'spring-guide' }),
    content: line(LONGEST.content).optional(),
    landingPage: line(LONGEST.landingPage).optional(),
    referrer: line(LONGEST.referrer).optional(),
    channel: line(LONGEST.channel).optional(),
    inbound: z.boolean().optional(),
    how: z
      .enum(['form', 'api', 'csv', 'referral', 'phone', 'email', 'event'])
      .optional()
      .meta({ description: 'By default `form` for a site key and `api` for any other key' }),
    need: Need.optional(),
    consent: Consent.optional(),
    enterAt: EnterAt.optional(),
    event: Event.optional(),
    occurredAt: Instant.optional(),
  })
  .refine((lead) => lead.email !== undefined || lead.phone !== undefined, {
    path: ['email'],
    message: 'is missing; a lead needs an email or a phone',
  })
  .meta({ id: 'LeadSubmission' });
export type Submission = Stated<z.output<typeof Submission>>;

export const SUBMISSION_EXAMPLE = {
  email: 'ada@example.com',
  firstName: 'Ada',
  company: 'Example Analytics',
  country: 'GB',
  source: 'ebook',
  campaign: 'spring-guide',
  landingPage: '/ebooks/spring-guide',
  need: { type: 'automation', maturity: 'researching' },
  consent: { text: 'Yes, send me tips and offers by email.', source: 'ebook form' },
  event: { type: 'form.submitted', properties: { form: 'ebook' } },
};

/** The submission in the shape that the store takes. */
export function toSubmission(body: Submission, defaultHow: string): LeadSubmission {
  const { need, how, ...rest } = body;
  if (need === undefined) return { ...rest, how: how ?? defaultHow };
  const { value, ...stated } = need;
  const money = value === undefined ? {} : { valueMinor: value.amount, currency: value.currency };
  return { ...rest, how: how ?? defaultHow, need: { ...stated, ...money } };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
