import { z } from 'zod';
import type { Campaign } from '../../domain/campaign.ts';
import { readUnlisted } from '../../store/lists/campaigns.ts';
import type { ApiDeps } from '../deps.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { Timestamp } from '../schemas/common.ts';
import { Money } from '../schemas/money.ts';

const Count = z.int().nullable();

const CampaignView = z
  .object({
    campaign: z.string().meta({ description: 'Its key, as requests name it' }),
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
      .array(z.object({ on: z.string(), cost: Money, for: z.string().nullable() }))
      .meta({ description: 'What was spent, by date' }),
    attendance: z
      .array(z.object({ on: z.string(), registered: Count, attended: Count, missed: Count }))
      .meta({ description: 'Who came, as somebody counted them: entries of days, which add up' }),
    feedback: z
      .array(z.object({ on: z.string(), rating: z.number().nullable(), answers: Count, words: z.string().nullable() }))
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

const Listed = z.object({
  items: z.array(CampaignView),
  unlisted: z
    .array(z.object({ campaign: z.string(), since: Timestamp }))
    .meta({ description: 'Campaigns that touches name and campaigns.yaml does not list: the oldest, at most 200' }),
});

/** The campaigns of the playbook in force, and those that only touches name. What each brought is in the report `campaigns`. */
export function campaignRoutes({ store: { db } }: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/campaigns',
      tag: 'Playbook',
      summary: 'The campaigns, with their goals, budgets, costs and rules',
      access: 'see-publishing',
      answers: { 200: { description: 'In the order of the file', schema: Listed } },
      async handle({ rules }) {
        const unlisted = await readUnlisted(db);
        return json(200, {
          items: rules.playbook.campaigns.map(viewOf),
          unlisted: unlisted.map(({ key, since }) => ({ campaign: key, since: since.toISOString() })),
        });
      },
    }),
  ];
}

function viewOf(one: Campaign): z.input<typeof CampaignView> {
  const { campaign, currency, budgetMinor, goal, costs = [], utm = [] } = one;
  const { name, type, channel, productLine, audience, url, starts, ends, event } = one;
  const money = (minor: number): z.input<typeof Money> => ({ amount: minor, currency: currency ?? '' });
  return {
    campaign,
    ...orNull({ name, type, channel, productLine, audience, url, starts, ends, event }),
    materials: [...(one.materials ?? [])],
    goal: goal === undefined ? null : orNull({ leads: goal.leads, qualified: goal.qualified, won: goal.won }),
    budget: budgetMinor === undefined ? null : money(budgetMinor),
    costs: costs.map(({ on, minor, for: what = null }) => ({ on, cost: money(minor), for: what })),
    attendance: (one.attendance ?? []).map(({ on, registered, attended, missed }) => ({
      on,
      ...orNull({ registered, attended, missed }),
    })),
    feedback: (one.feedback ?? []).map(({ on, rating, answers, words }) => ({
      on,
      ...orNull({ rating, answers, words }),
    })),
    utm: utm.map(({ source, medium, campaign: named }) => orNull({ source, medium, campaign: named })),
  };
}

type OrNull<T> = { [K in keyof T]: Exclude<T[K], undefined> | null };

function orNull<T extends object>(given: T): OrNull<T> {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value ?? null])) as OrNull<T>;
}
