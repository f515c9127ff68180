import type { z } from 'zod';
import type { Campaign } from '../../domain/campaign.ts';
import type { Written } from '../../store/campaigns/read-written.ts';
import type { Named } from '../../store/lists/names.ts';
import type { CampaignView } from '../schemas/campaign.ts';
import type { Money } from '../schemas/money.ts';
import { doerView } from './person.ts';

/** @param written Null for one of the file */
export function campaignView(
  one: Campaign,
  written: Written | null,
  names: ReadonlyMap<string, Named>,
): z.input<typeof CampaignView> {
  const { campaign, currency = '', budgetMinor, goal, costs = [], attendance = [], feedback = [], utm = [] } = one;
  const { name, type, channel, productLine, audience, url, starts, ends, event } = one;
  const money = (amount: number, own = currency): z.input<typeof Money> => ({ amount, currency: own });
  return {
    campaign,
    from: written === null ? 'file' : 'api',
    written: written && { by: doerView(written.by, names), at: written.at.toISOString() },
    ...orNull({ name, type, channel, productLine, audience, url, starts, ends, event }),
    materials: [...(one.materials ?? [])],
    goal: goal === undefined ? null : orNull({ leads: goal.leads, qualified: goal.qualified, won: goal.won }),
    budget: budgetMinor === undefined ? null : money(budgetMinor),
    costs: costs.map(({ id, on, minor, currency: own, for: what }) => ({
      on,
      cost: money(minor, own),
      ...orNull({ id, for: what }),
    })),
    attendance: attendance.map(({ id, on, registered, attended, missed }) => ({
      on,
      ...orNull({ id, registered, attended, missed }),
    })),
    feedback: feedback.map(({ id, on, rating, answers, words }) => ({ on, ...orNull({ id, rating, answers, words }) })),
    utm: utm.map(({ source, medium, campaign: named }) => orNull({ source, medium, campaign: named })),
  };
}

type OrNull<T> = { [K in keyof T]: Exclude<T[K], undefined> | null };

function orNull<T extends object>(given: T): OrNull<T> {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value ?? null])) as OrNull<T>;
}
