import { z } from 'zod';
import { CONSENT_BY } from '../../domain/consent-by.ts';
import { READINESS } from '../../domain/readiness.ts';
import { BANT_STATES, GRADES, MATURITIES, STAGES } from '../../domain/stage.ts';
import { pageOf } from '../page.ts';
import { ANY_RECORD, Timestamp, id } from './common.ts';
import { Money } from './money.ts';
import { Person } from './person.ts';

/** Leads in answers. */

export const Stage = z.enum(STAGES).meta({ id: 'Stage' });
export const Grade = z.enum(GRADES).meta({ id: 'Grade', description: 'Fit to the ideal customer profile, A the best' });
const Score = z.int().meta({ description: 'Engagement score now, in whole points, rounded down', example: 23 });

export const Readiness = z
  .enum(READINESS)
  .meta({ id: 'LeadReadiness', description: 'Grade and score together; `ready` also by high intent' });

export const LeadSummary = z
  .object({
    id: id('lead'),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    company: z.string().nullable(),
    stage: Stage,
    grade: Grade,
    score: Score,
    readiness: Readiness,
    valueTier: z.string().nullable().meta({ description: 'One of `valueTiers` in scoring.yaml', example: 'regular' }),
    source: z.string().nullable(),
    cadence: z.string().nullable(),
    owner: Person.nullable(),
    next: z
      .object({ at: Timestamp.nullable(), summary: z.string() })
      .nullable()
      .meta({ description: 'The next thing that the process of the lead waits for' }),
    paused: z.boolean(),
    held: z.boolean(),
    createdAt: Timestamp,
  })
  .meta({ id: 'LeadSummary' });

export const LeadPage = pageOf(LeadSummary).meta({ id: 'LeadPage' });

const Bant = z.enum(BANT_STATES);

export const Need = z
  .object({
    id: id('need'),
    type: z.string().nullable(),
    productLine: z.string().nullable(),
    stage: Stage,
    maturity: z.enum(MATURITIES),
    bant: z.object({ budget: Bant, authority: Bant, need: Bant, timing: Bant }),
    value: Money.nullable(),
    funnelStage: z.string().nullable(),
    outcome: z.string().nullable(),
    outcomeReason: z.string().nullable(),
    recycleCount: z.int(),
    openedAt: Timestamp,
    closedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Need' });

export const Touch = z
  .object({
    id: id('touch'),
    at: Timestamp,
    first: z.boolean(),
    inbound: z.boolean(),
    how: z.string(),
    channel: z.string().nullable(),
    source: z.string().nullable(),
    medium: z.string().nullable(),
    campaign: z.string().nullable(),
    content: z.string().nullable(),
    landingPage: z.string().nullable(),
    referrer: z.string().nullable(),
    suspicious: z.array(z.string()).meta({
      description:
        'Fields that held an address of a page, as spam does. Of a public form they are not taken into the profile',
    }),
  })
  .meta({ id: 'Touch' });

export const StatedBy = z.enum(CONSENT_BY).nullable().meta({
  description:
    'Whose word it is. `form`: a public key of a site, so anybody may have filled it in; `server`: another key; `person`: a rep or a user of the console; `import`: a line of a list; `lead`: the person itself, by a link in a mail to it or from its mailbox. Null: recorded by an older version',
});

export const ConsentState = z
  .object({
    state: z.enum(['given', 'withdrawn', 'none']),
    text: z.string().nullable(),
    source: z.string().nullable(),
    statedBy: StatedBy,
    at: Timestamp.nullable(),
    unconfirmed: z.object({ text: z.string(), source: z.string(), statedBy: StatedBy, at: Timestamp }).nullable().meta({
      description:
        'Consent given in a form with double opt-in, or in a public form after a refusal: it counts once the person confirms it by mail',
    }),
    suppressed: z
      .array(z.object({ reason: z.string(), source: z.string(), since: Timestamp }))
      .meta({ description: 'Every reason why the address must not be mailed, whatever the consent' }),
    mayMail: z.boolean().meta({ description: 'True when marketing mail may be sent' }),
    because: z
      .string()
      .nullable()
      .meta({ description: 'Why marketing mail may not be sent', example: 'there is no consent to marketing mail' }),
  })
  .meta({ id: 'ConsentState' });

export const Lead = LeadSummary.extend({
  jobTitle: z.string().nullable(),
  industry: z.string().nullable(),
  companySize: z.int().nullable(),
  country: z.string().nullable(),
  language: z.string().nullable(),
  timeZone: z.string().nullable(),
  preferredChannel: z.string().nullable(),
  phoneProblem: z
    .string()
    .nullable()
    .meta({ description: 'Why the phone number cannot be called. The number is kept as it was stated' }),
  attributes: ANY_RECORD,
  account: z.object({ id: z.string(), name: z.string(), domain: z.string().nullable() }).nullable(),
  completeness: z
    .object({ percent: z.int(), missing: z.array(z.string()) })
    .meta({ description: 'How much of the profile is known' }),
  need: Need.nullable().meta({ description: 'The current need: open, or the last one closed' }),
  closedNeeds: z.array(Need),
  touches: z.array(Touch).meta({ description: 'The first touch comes first, the others by time' }),
  consent: ConsentState,
  enrollment: z
    .object({
      id: id('enrollment'),
      cadence: z.string(),
      revision: z.int(),
      stepId: z.string().nullable(),
      dueAt: Timestamp.nullable(),
      startedAt: Timestamp,
      via: z.string(),
    })
    .nullable(),
  assignment: z
    .object({
      id: id('assignment'),
      status: z.string(),
      rep: Person,
      team: z.string(),
      offeredAt: Timestamp,
      dueAt: Timestamp.nullable(),
    })
    .nullable()
    .meta({ description: 'The latest hand-off' }),
  pausedAt: Timestamp.nullable(),
  pausedReason: z.string().nullable(),
  heldAt: Timestamp.nullable(),
  heldReason: z.string().nullable(),
  clock: z
    .object({ now: Timestamp, offsetMs: z.int() })
    .meta({ description: "The lead's own clock. It is ahead of real time after a fast-forward" }),
  updatedAt: Timestamp,
}).meta({ id: 'Lead' });
