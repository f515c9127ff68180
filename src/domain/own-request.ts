/** What a lead itself asked for, told from the lists that it came by. */
import { type Campaign, nameInMails } from './campaign.ts';
import { campaignNamed } from './stated-words.ts';

/** Values of `how` of a touch that is no request of the person: a list, and the click that confirms a consent. */
const NO_REQUEST: ReadonlySet<string> = new Set(['csv', 'import', 'confirmation']);

/** Whether the person itself asked for something by this touch. */
export function isOwnRequest({ inbound, how }: { inbound: boolean; how: string }): boolean {
  return inbound && !NO_REQUEST.has(how);
}

/** What a mail may say of why its reader gets it. */
export function requestInMails(
  campaigns: readonly Campaign[],
  { campaign, at }: { campaign: string | null; at: Date | null },
): { at?: string; campaign?: string } {
  const found = campaignNamed(campaigns, campaign);
  const name = found === null ? undefined : nameInMails(found);
  return { ...(at === null ? {} : { at: at.toISOString() }), ...(name === undefined ? {} : { campaign: name }) };
}
