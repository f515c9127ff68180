import type { RenderContext } from '../email/render-context.ts';
import { presentable } from '../domain/stated-words.ts';
import type { Lead } from '../store/generated/client.ts';

/**
 * The lead's data for any template: what holds an address of a page counts as not known.
 * Its address and phone number are only for mails to reps.
 */
export function personOf(lead: Lead): RenderContext['lead'] {
  const { firstName, lastName, company, jobTitle, country, language } = presentable(lead);
  return {
    firstName,
    lastName,
    company,
    jobTitle,
    country,
    language,
    attributes: lead.attributes as Record<string, unknown>,
  };
}

/** The recipient of mail to the lead: its address and name. */
export function addressOf(lead: Lead): { address: string; name?: string } {
  const { firstName, lastName } = presentable(lead);
  const name = [firstName, lastName].filter(Boolean).join(' ');
  return { address: lead.email ?? '', ...(name === '' ? {} : { name }) };
}
