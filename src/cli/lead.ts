/** `lead show`, `why`, `move` and `fast-forward`: thin calls into the API. */
import { AppError } from '../domain/errors.ts';
import { zoneOfLead } from '../domain/lead-zone.ts';
import { dayAndTime } from '../domain/when.ts';
import type { Config } from '../runtime/config.ts';
import { readTimeline, type ApiClient, type Lead, type Leads } from './client.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';
import { waitInWords } from './wait-words.ts';
import { againstMailInWords, inRow, type Why, whyInWords } from './why-words.ts';

export async function leadShow(config: Config, who: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const id = await idOf(api, who);
    const lead = await api.get<Lead>(`/v1/leads/${id}`);
    const [timeline, { waitsFor, againstMail = [] }] = await Promise.all([
      readTimeline(api, id),
      api.get<Pick<Why, 'waitsFor' | 'againstMail'>>(`/v1/leads/${id}/why`),
    ]);
    const rows: [string, string][] = [
      ['Lead', `${lead.id}${lead.email === null ? '' : `  ${lead.email}`}`],
      ['Stage', lead.stage],
      ['Score', `${lead.score}, grade ${lead.grade}`],
      ...(lead.enrollment === null ? [] : [['Cadence', placeOf(lead, lead.enrollment)] as [string, string]]),
      ...waitsFor.map((wait): [string, string] => ['Waits', waitInWords(wait, zoneOf(lead))]),
      ...againstMailInWords({ againstMail }, zoneOf(lead)),
      ['Now', shownAt(lead, lead.clock.now)],
      ['Times', isPlaced(lead) ? `${zoneOf(lead)}, where the lead is` : 'UTC, as its zone and country are not known'],
    ];
    const story = timeline.map(({ at, title }) => `  ${shownAt(lead, at)}  ${title}`);
    return { data: { lead, timeline, waitsFor, againstMail }, text: [...rows.map(inRow), '', ...story].join('\n') };
  });
}

export async function leadWhy(config: Config, who: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const why = await api.get<Why>(`/v1/leads/${await idOf(api, who)}/why`);
    return { data: why, text: whyInWords(why) };
  });
}

export async function leadMove(
  config: Config,
  who: string,
  cadence: string,
  { step, restart }: { step?: string; restart?: boolean },
): Promise<Answer> {
  return withApi(config, async (api) => {
    const id = await idOf(api, who);
    const body = { cadence, ...(step !== undefined && { step }), ...(restart === true && { restart }) };
    await api.post(`/v1/leads/${id}/enroll`, body);
    const lead = await api.get<Lead>(`/v1/leads/${id}`);
    const place = lead.enrollment === null ? 'in no cadence' : `in ${placeOf(lead, lead.enrollment)}`;
    return { data: { leadId: id, enrollment: lead.enrollment }, text: `${id} is ${place}.` };
  });
}

export async function leadFastForward(config: Config, who: string, duration: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const id = await idOf(api, who);
    const { now } = await api.post<{ now: string }>(`/v1/leads/${id}/fast-forward`, { duration });
    const lead = await api.get<Lead>(`/v1/leads/${id}`);
    const text = `${id}: it is ${shownAt(lead, now)} ${zoneOf(lead)} for this lead now.`;
    return { data: { leadId: id, now }, text };
  });
}

/**
 * A lead is named by its id or its email address.
 * @throws AppError VALIDATION_FAILED for what is neither, LEAD_UNKNOWN
 */
export async function idOf(api: ApiClient, who: string): Promise<string> {
  if (/^lead-\w+$/.test(who)) return who;
  if (!who.includes('@'))
    throw new AppError('VALIDATION_FAILED', `‘${who}’ names no lead: write its id (lead-…) or its email address.`);
  const { items } = await api.post<Leads>('/v1/leads/lookup', { email: who });
  const [lead] = items;
  if (lead === undefined) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this address.');
  return lead.id;
}

function placeOf(lead: Lead, { cadence, stepId, dueAt }: NonNullable<Lead['enrollment']>): string {
  const due = dueAt === null ? '' : `, due ${shownAt(lead, dueAt)}`;
  return `${cadence}${stepId === null ? '' : `, before ‘${stepId}’`}${due}`;
}

/** The lead's own zone, or that of its country; UTC where neither is known. */
function zoneOf({ timeZone, country, attributes }: Lead): string {
  return zoneOfLead({ timeZone, country, attributes }, 'UTC');
}

function isPlaced({ timeZone, country }: Lead): boolean {
  return timeZone !== null || country !== null;
}

/** "Tue 01 Dec 2026 09:00": a story may be of years. */
function shownAt(lead: Lead, at: string): string {
  return dayAndTime(at, zoneOf(lead));
}
