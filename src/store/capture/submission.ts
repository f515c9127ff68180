import type { BantState, Maturity } from '../../domain/stage.ts';

/** The need as the request states it; unknown parts are left out. */
export interface StatedNeed {
  type?: string;
  productLine?: string;
  maturity?: Maturity;
  budget?: BantState;
  authority?: BantState;
  need?: BantState;
  timing?: BantState;
  /** Expected value in minor units of `currency`. */
  valueMinor?: number;
  /** ISO 4217. */
  currency?: string;
}

/** Consent to marketing mail, or its refusal, with proof. */
export interface StatedConsent {
  /** The words the person agreed to. */
  text: string;
  source: string;
  /** True without it. */
  granted?: boolean;
  version?: string;
  at?: Date;
  /** Topics it is about; every topic without any. */
  topics?: readonly string[];
  /** Network address of the person. A keyed hash of it is stored. */
  ip?: string;
}

/** One request of a person, from any source. Needs an email or a phone. */
export interface LeadSubmission {
  email?: string;
  phone?: string;
  firstName?: string;
  lastName?: string;
  company?: string;
  jobTitle?: string;
  industry?: string;
  companySize?: number;
  /** ISO 3166 alpha-2. */
  country?: string;
  language?: string;
  /** IANA name. */
  timeZone?: string;
  preferredChannel?: string;
  attributes?: Readonly<Record<string, unknown>>;
  source?: string;
  medium?: string;
  campaign?: string;
  content?: string;
  landingPage?: string;
  referrer?: string;
  channel?: string;
  /** True without it. */
  inbound?: boolean;
  /** form, api, csv, referral … */
  how: string;
  need?: StatedNeed;
  /** A ready buyer or a referral enters with sales; `owner` is a rep's key. */
  enterAt?: { stage: 'assigned' | 'opportunity'; owner?: string; funnelStage?: string };
  consent?: StatedConsent;
  /** An event that comes with it, such as `form.submitted`; scored as any other. */
  event?: { id?: string; source?: string; type: string; properties?: Readonly<Record<string, unknown>> };
  /** On the lead's clock; now without it. */
  occurredAt?: Date;
}
