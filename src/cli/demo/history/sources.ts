/** Where past leads come from. */
import { TRUTHS } from './truths.ts';

/** `readers`: the readers of the ebook get the cadence for them, and have no part in the split of the others. */
export const SOURCES = [
  {
    source: 'search',
    medium: 'cpc',
    campaign: 'guide-search',
    channel: 'search',
    weight: 40,
    quality: TRUTHS.acceptanceOfSearch,
    readers: false,
  },
  {
    source: 'trade-show',
    medium: 'fair',
    campaign: 'GreenTech Expo',
    channel: TRUTHS.bestChannel,
    weight: 40 / TRUTHS.leadsOfSearch,
    quality: 1,
    readers: false,
  },
  {
    source: 'web',
    medium: 'organic',
    campaign: 'newsletter-page',
    channel: 'website',
    weight: 22,
    quality: 0.9,
    readers: false,
  },
  {
    source: 'referral',
    medium: 'partner',
    campaign: 'partners',
    channel: 'partner',
    weight: 8,
    quality: 0.8,
    readers: false,
  },
  {
    source: 'webinar',
    medium: 'email',
    campaign: 'frost-webinar',
    channel: 'email',
    weight: 10,
    quality: 0.85,
    readers: false,
  },
  {
    source: 'ebook',
    medium: 'download',
    campaign: 'Smart Irrigation Guide',
    channel: 'website',
    weight: 14,
    quality: 0.8,
    readers: true,
  },
] as const;

export function placeOf({ source, medium, campaign, channel }: (typeof SOURCES)[number]) {
  return { source, medium, campaign, channel };
}
