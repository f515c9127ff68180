/**
 * The campaigns of the demo's past. Those of campaigns.yaml have fixed dates, and the past ends today: so what came before they began came by
 * campaigns of their own, whose costs are those of the leads that they brought.
 */
import type { Campaign } from '../../../domain/campaign.ts';
import { newId } from '../../../domain/ids.ts';
import type { EntryContent } from '../../../domain/written-campaigns.ts';
import { addEntry } from '../../../store/campaigns/add-entry.ts';
import type { Writer } from '../../../store/campaigns/change-campaigns.ts';
import { putCampaign } from '../../../store/campaigns/put-campaign.ts';
import { readFiled } from '../../../store/campaigns/read-written.ts';
import type { Db } from '../../../store/db.ts';
import { newestRevision } from '../../../store/rules/read-rules.ts';
import { DAYS, pastLife } from './lives.ts';
import type { PastLife } from './past-life.ts';
import type { SOURCES } from './sources.ts';
import { TRUTHS } from './truths.ts';

const DAY_MS = 86_400_000;
const CURRENCY = 'EUR';
/** Days that are paid for together. */
const PAID_EVERY = 30;
/** Costs are in whole hundreds of minor units, as bills are. */
const ROUND = 10_000;

type Key = (typeof SOURCES)[number]['campaign'];

interface PastCampaign extends Campaign {
  /** Minor units; 0: it costs nothing. */
  perLead: number;
  paidFor?: string;
}

/** By the campaign that lives name. Search brings most leads and costs more than they bring; webinars are cheap. */
const OWN: Readonly<Record<Key, PastCampaign>> = {
  'guide-search': {
    campaign: 'guide-search',
    name: 'Search ads for the irrigation guide',
    type: 'ad',
    channel: 'search',
    perLead: 13_000,
    paidFor: 'clicks',
  },
  'GreenTech Expo': {
    campaign: 'regional-fairs',
    name: 'Regional fairs',
    type: 'trade-show',
    channel: TRUTHS.bestChannel,
    perLead: 12_000,
    paidFor: 'stands and travel',
  },
  'newsletter-page': {
    campaign: 'newsletter-page',
    name: 'Newsletter form of the website',
    type: 'website',
    channel: 'website',
    perLead: 0,
  },
  partners: {
    campaign: 'partners',
    name: 'Partner programme',
    type: 'referral',
    channel: 'partner',
    perLead: 9_000,
    paidFor: 'commissions',
  },
  'frost-webinar': {
    campaign: 'irrigation-webinars',
    name: 'Irrigation webinars',
    type: 'webinar',
    channel: 'email',
    perLead: 3_000,
    paidFor: 'speakers and the webinar room',
  },
  'Smart Irrigation Guide': {
    campaign: 'irrigation-handbook',
    name: 'Irrigation handbook',
    type: 'ebook',
    channel: 'website',
    perLead: 6_000,
    paidFor: 'ads and print',
  },
};

/** The campaign of what names one, at an instant: the one of campaigns.yaml where it has begun by then, otherwise one of the past. */
export type CampaignAt = (named: string, at: Date) => string;

/** Writes them, so that `writeHistory` finds them. @returns How its lives name them */
export async function writePastCampaigns(
  db: Db,
  { leads, seed, until }: { leads: number; seed: number; until: Date },
): Promise<CampaignAt> {
  const reps = await db.rep.count({ where: { manager: false } });
  const filed = await readFiled(db, await newestRevision(db));
  const begins = new Map(filed.map((one) => [one.campaign, beginOf(one)]));
  const campaignAt: CampaignAt = (named, at) => {
    const begun = begins.get(named);
    if (begun !== undefined && begun !== null && begun <= at) return named;
    return Object.hasOwn(OWN, named) ? OWN[named as Key].campaign : named;
  };
  const writer: Writer = { by: 'system', at: until };
  const starts = new Date(until.getTime() - DAYS * DAY_MS).toISOString();
  const lives = Array.from({ length: leads }, (_, index) => pastLife(seed, index, reps));
  for (const { perLead, paidFor, ...campaign } of Object.values(OWN)) {
    await putCampaign(db, { ...campaign, currency: CURRENCY, starts }, writer);
    const own = lives.filter((life) => campaignAt(life.campaign, cameAt(life, until)) === campaign.campaign);
    for (const content of [...costsOf(own, perLead, paidFor, until), ...heardOf(campaign.campaign, lives, until)])
      await addEntry(db, { id: newId('campaignEntry'), campaign: campaign.campaign, ...content }, writer);
  }
  return campaignAt;
}

/** When a campaign of the file first costs or begins; null: it does not say. */
function beginOf({ starts, costs = [] }: Campaign): Date | null {
  const days = [...(starts === undefined ? [] : [starts]), ...costs.map(({ on }) => on)].map((day) => Date.parse(day));
  return days.length === 0 ? null : new Date(Math.min(...days));
}

const cameAt = ({ cameDaysAgo }: PastLife, until: Date): Date =>
  new Date(until.getTime() - Math.min(cameDaysAgo, DAYS) * DAY_MS);

/** What each thirty days cost, by how many came in them: on the day in their middle. */
function costsOf(
  own: readonly PastLife[],
  perLead: number,
  paidFor: string | undefined,
  until: Date,
): (EntryContent & { kind: 'cost' })[] {
  const came = Map.groupBy(own, ({ cameDaysAgo }) => Math.floor(Math.min(cameDaysAgo, DAYS - 1) / PAID_EVERY));
  return [...came].flatMap(([times, those]) => {
    const minor = Math.round((those.length * perLead) / ROUND) * ROUND;
    if (minor === 0) return [];
    const on = dayOf(until, (times + 0.5) * PAID_EVERY);
    return [
      {
        kind: 'cost' as const,
        content: { on, minor, currency: CURRENCY, ...(paidFor === undefined ? {} : { for: paidFor }) },
      },
    ];
  });
}

/** Who came to the webinars, with some whom nobody knows, and how they were liked. */
function heardOf(key: string, lives: readonly PastLife[], until: Date): EntryContent[] {
  if (key !== OWN[TRUTHS.webinar].campaign) return [];
  const took = lives.flatMap(({ webinar, cameDaysAgo }) =>
    webinar === null || cameDaysAgo < webinar.afterDays ? [] : [webinar],
  );
  if (took.length === 0) return [];
  const attended = Math.round(took.filter((one) => one.attended).length * 1.2);
  const registered = Math.round(took.length * 1.2);
  const ratings = took.flatMap(({ rating }) => rating ?? []);
  const mean = Math.round((10 * ratings.reduce((sum, one) => sum + one, 0)) / Math.max(1, ratings.length)) / 10;
  const on = dayOf(until, PAID_EVERY);
  return [
    { kind: 'attendance', content: { on, registered, attended, missed: registered - attended } },
    ...(ratings.length === 0
      ? []
      : [
          {
            kind: 'feedback' as const,
            content: { on, rating: mean, answers: ratings.length, words: 'Good examples. More time for questions.' },
          },
        ]),
  ];
}

function dayOf(until: Date, daysAgo: number): string {
  return new Date(until.getTime() - daysAgo * DAY_MS).toISOString().slice(0, 10);
}
