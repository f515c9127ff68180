import { scoreAtMs } from '../score.ts';
import { SCORE_SQL } from './of-score.ts';
import { emailDomainOf } from '../email-domain.ts';
import { GRADES, STAGES } from '../stage.ts';
import { REGION_SQL, regionOf } from '../region.ts';
import { isMarked } from '../rescoring.ts';
import type { RowField } from './field.ts';

const DOMAIN_SQL = `nullif(lower(btrim(substring(l.email from '@([^@]*)$'))), '')`;

/** By the rule of `mayMail` in ../consent.ts. */
export const CONSENTED_SQL =
  'l.email IS NOT NULL AND coalesce(c.granted, false) AND NOT EXISTS (SELECT FROM suppressions s WHERE s.email = l.email)';

/** Fields of the lead's progress. */
export const PROGRESS_FIELDS = [
  {
    name: 'stage',
    type: 'choice',
    values: STAGES,
    part: 'lead',
    read: ({ lead }) => lead.stage,
    sql: 'l.stage',
    filter: 'l.stage',
    doc: 'stage of the need',
    example: 'stage: [new, nurturing]',
  },
  {
    name: 'cadence',
    type: 'text',
    part: 'enrollment',
    read: ({ enrollment }) => enrollment?.cadence ?? null,
    sql: 'e.cadence',
    filter: 'e.cadence',
    refersTo: 'cadence',
    doc: 'key of the cadence of the lead; unknown without a cadence',
    example: 'cadence: recycled',
  },
  {
    name: 'owner',
    type: 'text',
    part: 'owner',
    read: ({ owner }) => owner?.key ?? null,
    sql: 'o.key',
    filter: 'l.owner_id',
    doc: 'key of the rep who owns the need; unknown without an owner',
    example: 'owner: { exists: false }',
  },
  {
    name: 'score',
    type: 'number',
    unit: 'points',
    part: 'lead',
    read: ({ lead }, { atMs, fading }) => scoreAtMs(lead, atMs, fading),
    sql: SCORE_SQL,
    doc: 'engagement score now, see [scoring](scoring.md)',
    example: 'score: { gte: 20 }',
  },
  {
    name: 'grade',
    type: 'choice',
    values: GRADES,
    enumType: 'grade',
    part: 'lead',
    read: ({ lead }) => lead.fitGrade,
    sql: 'l.fit_grade',
    filter: 'l.fit_grade',
    doc: 'fit grade',
    example: 'grade: [A, B]',
  },
  {
    name: 'paused',
    type: 'flag',
    part: 'lead',
    read: ({ lead }) => lead.pausedAt !== null,
    sql: 'l.paused_at IS NOT NULL',
    filter: 'l.paused_at',
    doc: 'is the lead paused?',
    example: 'paused: false',
  },
  {
    name: 'held',
    type: 'flag',
    part: 'lead',
    read: ({ lead }) => lead.heldAt !== null,
    sql: 'l.held_at IS NOT NULL',
    filter: 'l.held_at',
    doc: 'is the lead held because its process could not go on?',
    example: 'held: false',
  },
  {
    name: 'sunset',
    type: 'flag',
    part: 'lead',
    read: ({ lead }) => lead.sunsetAt !== null,
    sql: 'l.sunset_at IS NOT NULL',
    doc: 'has the lead not engaged for so long that broadcasts pass it over? See `sunset` in settings.yaml',
    example: 'sunset: false',
  },
  {
    name: 'marked',
    type: 'flag',
    part: 'lead',
    read: ({ lead }) => isMarked(lead),
    sql: 'coalesce(l.armed AND l.marked_at = l.armed_at, false)',
    doc: 'did a rescoring make the lead ready without handing it over? See [scoring](scoring.md)',
    example: 'marked: true',
  },
] as const satisfies readonly RowField[];

/** Fields of the lead's profile. */
export const PROFILE_FIELDS = [
  {
    name: 'company',
    type: 'text',
    part: 'lead',
    read: ({ lead }) => lead.company,
    sql: 'l.company',
    doc: 'name of the company',
    example: 'company: { contains: winery }',
  },
  {
    name: 'companySize',
    type: 'number',
    unit: 'people',
    part: 'lead',
    read: ({ lead }) => lead.companySize,
    sql: 'l.company_size',
    doc: 'number of people in the company',
    example: 'companySize: { gte: 10, lt: 50 }',
  },
  {
    name: 'industry',
    type: 'text',
    part: 'lead',
    read: ({ lead }) => lead.industry,
    sql: 'l.industry',
    doc: 'as stated',
    example: 'industry: [nursery, winery]',
  },
  {
    name: 'jobTitle',
    type: 'text',
    part: 'lead',
    read: ({ lead }) => lead.jobTitle,
    sql: 'l.job_title',
    doc: 'as stated',
    example: 'jobTitle: { contains: owner }',
  },
  {
    name: 'country',
    type: 'text',
    part: 'lead',
    read: ({ lead }) => lead.country,
    sql: 'l.country',
    doc: 'country code of two letters',
    example: 'country: [DE, AT, CH]',
  },
  {
    name: 'region',
    type: 'text',
    part: 'lead',
    read: ({ lead }) => regionOf(lead),
    sql: REGION_SQL,
    doc: 'the part of the country: attribute `region`, else `state`, as stated; `US-CA` counts as `CA`',
    example: 'region: [CA, California]',
  },
  {
    name: 'language',
    type: 'text',
    part: 'lead',
    read: ({ lead }) => lead.language,
    sql: 'l.language',
    doc: 'as stated',
    example: 'language: { startsWith: de }',
  },
  {
    name: 'preferredChannel',
    type: 'text',
    part: 'lead',
    read: ({ lead }) => lead.preferredChannel,
    sql: 'l.preferred_channel',
    words: 'preferred channel',
    doc: 'how the lead wants to be contacted, as stated: email, phone, sms …',
    example: 'preferredChannel: [phone, sms]',
  },
  {
    name: 'emailDomain',
    type: 'text',
    part: 'lead',
    read: ({ lead }) => (lead.email === null ? null : emailDomainOf(lead.email)),
    sql: DOMAIN_SQL,
    doc: 'the part of the email address after the @',
    example: 'emailDomain: example.com',
  },
  {
    name: 'freeMail',
    type: 'flag',
    part: 'lead',
    read: ({ lead }, { freeMail }) => {
      const domain = lead.email === null ? null : emailDomainOf(lead.email);
      return domain === null ? null : freeMail.has(domain);
    },
    sql: `${DOMAIN_SQL} = ANY($freeMail)`,
    doc: 'is the email address from a free provider, where anybody can get one?',
    example: 'freeMail: true',
  },
  {
    name: 'hasEmail',
    type: 'flag',
    part: 'lead',
    read: ({ lead }) => lead.email !== null,
    sql: 'l.email IS NOT NULL',
    doc: 'is an email address known?',
    example: 'hasEmail: false',
  },
  {
    name: 'consented',
    type: 'flag',
    part: 'consent',
    read: ({ consent }) => consent ?? null,
    sql: CONSENTED_SQL,
    doc: 'may marketing mail be sent?',
    example: 'consented: true',
  },
] as const satisfies readonly RowField[];
