import { z } from 'zod';
import { singleLine } from '../../domain/clean-text.ts';
import { isCurrency } from '../../domain/currency.ts';
import { mapping } from '../../language/schemas.ts';
import {
  attendance,
  campaignKey,
  costIn,
  definitionIn,
  feedback,
  materials,
  utmRule,
} from '../../playbook/campaign-schema.ts';
import { Instant, Timestamp } from './common.ts';
import { Money } from './money.ts';
import { Doer } from './person.ts';

const Count = z.int().nullable();
const EntryId = z
  .string()
  .nullable()
  .meta({ description: 'Of what was added through the API; null: the file says it' });
const Day = z.string().meta({ example: '2027-03-10' });

/** A campaign as answered. */
export const CampaignView = z
  .object({
    campaign: z.string().meta({ description: 'Its key, as requests name it' }),
    from: z.enum(['file', 'api']).meta({ description: 'Where it is defined: in campaigns.yaml, or by PUT' }),
    written: z
      .object({ by: Doer, at: Timestamp })
      .nullable()
      .meta({ description: 'Who wrote the definition through the API, and when; null: the file has it' }),
    name: z.string().nullable().meta({ description: 'As mails name it' }),
    type: z.string().nullable(),
    channel: z.string().nullable(),
    productLine: z.string().nullable(),
    audience: z.string().nullable().meta({ description: 'Whom it is for, in words' }),
    materials: z
      .array(z.string())
      .meta({ description: 'What it gives to who takes part: keys, as templates name them' }),
    url: z.string().nullable(),
    goal: z.object({ leads: Count, qualified: Count, won: Count }).nullable(),
    budget: Money.nullable(),
    costs: z
      .array(z.object({ id: EntryId, on: Day, cost: Money, for: z.string().nullable() }))
      .meta({ description: 'What was spent, by date' }),
    attendance: z
      .array(z.object({ id: EntryId, on: Day, registered: Count, attended: Count, missed: Count }))
      .meta({ description: 'Who came, as somebody counted them: entries of days, which add up' }),
    feedback: z
      .array(
        z.object({
          id: EntryId,
          on: Day,
          rating: z.number().nullable(),
          answers: Count,
          words: z.string().nullable(),
        }),
      )
      .meta({ description: 'How people liked it, as somebody summed it up; `answers`: how many people it is of' }),
    starts: Timestamp.nullable(),
    ends: Timestamp.nullable(),
    event: Timestamp.nullable().meta({ description: 'The moment that it is about, if that is not its start' }),
    utm: z
      .array(
        z.object({ source: z.string().nullable(), medium: z.string().nullable(), campaign: z.string().nullable() }),
      )
      .meta({ description: 'Touches that one of these fits are of the campaign' }),
  })
  .meta({ id: 'Campaign' });

const money = Money.refine(
  ({ currency }) => isCurrency(currency),
  'must be in a currency that is known, such as EUR',
).transform(({ amount, currency }) => ({ minor: amount, currency }));
const moment = Instant.transform((at) => at.toISOString());

/** What a campaign is, by the schema of campaigns.yaml; moments and money as everywhere in the API. */
export const CampaignBody = mapping({
  ...definitionIn({ moment, money }),
  materials: materials.optional(),
  utm: z.array(utmRule).min(1).max(100).optional(),
});

export const CostBody = costIn({ money });
export const AttendanceBody = attendance;
export const FeedbackBody = feedback;

export const CampaignParams = z.object({
  key: campaignKey
    .refine((text) => singleLine(text) === text, 'must be one line, without characters that nobody sees')
    .meta({ description: 'Key of a campaign, whatever the case, as requests name it', example: 'frost-webinar' }),
});
