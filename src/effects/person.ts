import type { RenderContext } from '../email/render-context.ts';
import type { Lead } from '../store/generated/client.ts';

/** What a template may say of the lead to anybody; how to reach it is for mails to reps alone. */
export function personOf(lead: Lead): RenderContext['lead'] {
  const { firstName, lastName, company, jobTitle, country, language } = lead;
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

/** Where mail to the lead goes, with its name. */
export function addressOf(lead: Lead): { address: string; name?: string } {
  const name = [lead.firstName, lead.lastName].filter(Boolean).join(' ');
  return { address: lead.email ?? '', ...(name === '' ? {} : { name }) };
}
