/** Who a preview is for: a real lead, a persona of the playbook, or the sample person. */
import type { RenderContext } from '../../email/render-context.ts';
import { isOwnRequest } from '../../domain/own-request.ts';
import type { Config } from '../../runtime/config.ts';
import { readPersonas } from '../../simulate/read-personas.ts';
import type { Lead } from '../client.ts';
import { requireLanguage } from '../language.ts';
import { idOf } from '../lead.ts';
import { withApi } from '../reach.ts';

export interface PreviewPerson {
  /** For the page: who it is. */
  shown: string;
  address: string;
  lead: RenderContext['lead'];
  /** Null: that of the playbook. */
  timeZone: string | null;
  need: NonNullable<RenderContext['need']>;
  /** What it asked for itself; null: not known, or nothing. */
  asked: { at: Date | null; campaign: string | null };
}

export interface WhoOptions {
  persona?: string;
  lead?: string;
  /** As if the person read this language. */
  language?: string;
}

const SAMPLE: PreviewPerson = {
  shown: 'a sample person (name one with --persona or --lead)',
  address: 'alex@sample.example',
  timeZone: null,
  lead: {
    firstName: 'Alex',
    lastName: 'Sample',
    company: 'Sample & Sons',
    jobTitle: 'Head of Samples',
    country: 'DE',
    language: 'en',
  },
  need: { productLine: null, type: null },
  asked: { at: null, campaign: null },
};

/** @throws AppError NOT_FOUND, PLAYBOOK_INVALID, LEAD_UNKNOWN, UNAVAILABLE; VALIDATION_FAILED for a language that is none */
export async function previewPerson(config: Config, options: WhoOptions): Promise<PreviewPerson> {
  const person = await whoOf(config, options);
  if (options.language === undefined) return person;
  const language = requireLanguage(options.language);
  return { ...person, shown: `${person.shown}, reading ${language}`, lead: { ...person.lead, language } };
}

async function whoOf(config: Config, { persona, lead }: WhoOptions): Promise<PreviewPerson> {
  if (lead !== undefined) return realLead(config, lead);
  if (persona === undefined) return SAMPLE;
  const [one] = readPersonas(persona);
  if (one === undefined) return SAMPLE;
  const { email, firstName, lastName, company, jobTitle, country, language, timeZone, attributes, need } = one.request;
  const { how, inbound = true, campaign = null } = one.request;
  return {
    shown: `${one.name} (${one.file})`,
    address: email ?? SAMPLE.address,
    timeZone: timeZone ?? null,
    lead: {
      firstName,
      lastName,
      company,
      jobTitle,
      country,
      language,
      attributes: attributes ?? {},
    } as RenderContext['lead'],
    need: { productLine: need?.productLine ?? null, type: need?.type ?? null },
    asked: { at: isOwnRequest({ inbound, how }) ? new Date() : null, campaign },
  };
}

async function realLead(config: Config, who: string): Promise<PreviewPerson> {
  return withApi(config, async (api) => {
    const lead = await api.get<Lead>(`/v1/leads/${await idOf(api, who)}`);
    const { firstName, lastName, company, jobTitle, country, language, timeZone, attributes, need } = lead;
    const [first] = lead.touches;
    return {
      shown: `the lead ${lead.id}`,
      // The address of a real lead stands in no file.
      address: 'lead@preview.example',
      timeZone,
      lead: { firstName, lastName, company, jobTitle, country, language, attributes },
      need: { productLine: need?.productLine ?? null, type: need?.type ?? null },
      asked: {
        at: first !== undefined && isOwnRequest(first) ? new Date(first.at) : null,
        campaign: first?.campaign ?? null,
      },
    };
  });
}
