/** Campaigns as they are in force: those of campaigns.yaml, those written through the API, and what was added to either. */
import {
  type Campaign,
  type CampaignAttendance,
  type CampaignCost,
  type CampaignFeedback,
  plainly,
} from './campaign.ts';
import { stated } from './stated.ts';

/** What is added to a campaign by and by. Entries of a kind add up. */
export const ENTRY_KINDS = ['cost', 'attendance', 'feedback'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** `campaign`: the key, in any case. */
export type CampaignEntry = { id: string; campaign: string } & EntryContent;
export type EntryContent =
  | { kind: 'cost'; content: Omit<CampaignCost, 'id' | 'currency'> & { currency: string } }
  | { kind: 'attendance'; content: Omit<CampaignAttendance, 'id'> }
  | { kind: 'feedback'; content: Omit<CampaignFeedback, 'id'> };

export interface WrittenCampaigns {
  /** Rises with everything that is written. */
  version: number;
  /** In the order in which they were first written. */
  definitions: readonly Campaign[];
  entries: readonly CampaignEntry[];
}

export const NOTHING_WRITTEN: WrittenCampaigns = { version: 0, definitions: [], entries: [] };

/**
 * The campaigns of the file in its order, then the others. A key that both have is the file's. An entry of a campaign that is in neither waits
 * for it.
 */
export function campaignsInForce(filed: readonly Campaign[], written: WrittenCampaigns): readonly Campaign[] {
  if (written.definitions.length === 0 && written.entries.length === 0) return filed;
  const taken = new Set(filed.map(({ campaign }) => plainly(campaign)));
  const all = [...filed, ...written.definitions.filter(({ campaign }) => !taken.has(plainly(campaign)))];
  const added = Map.groupBy(written.entries, ({ campaign }) => plainly(campaign));
  return all.map((one) => withEntries(one, added.get(plainly(one.campaign)) ?? []));
}

function withEntries(one: Campaign, entries: readonly CampaignEntry[]): Campaign {
  if (entries.length === 0) return one;
  const currency = one.currency ?? entries.find((entry) => entry.kind === 'cost')?.content.currency;
  const costs = entries.flatMap((entry): CampaignCost[] => {
    if (entry.kind !== 'cost') return [];
    const { currency: own, ...cost } = entry.content;
    return [{ ...cost, ...(own === currency ? {} : { currency: own }), id: entry.id }];
  });
  const attendance = entries.flatMap(({ kind, content, id }) => (kind === 'attendance' ? [{ ...content, id }] : []));
  const feedback = entries.flatMap(({ kind, content, id }) => (kind === 'feedback' ? [{ ...content, id }] : []));
  return stated({
    ...one,
    currency,
    costs: joined(one.costs, costs),
    attendance: joined(one.attendance, attendance),
    feedback: joined(one.feedback, feedback),
  });
}

function joined<T>(filed: readonly T[] | undefined, added: readonly T[]): readonly T[] | undefined {
  return added.length === 0 ? filed : [...(filed ?? []), ...added];
}
