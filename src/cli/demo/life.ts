/** One sample lead while its life is played: what the person does, what arrives in the mail, how time passes. */
import { DateTime } from 'luxon';

import { AppError } from '../../domain/errors.ts';
import type { Stage } from '../../domain/stage.ts';
import { readTimeline, type ApiClient, type Lead, type TimelineEntry, type Why } from '../client.ts';
import type { MailInbox, Mail } from './inbox.ts';
import { decideByLink } from './letter.ts';
import { poll } from './poll.ts';

/** What all lives of a run share. */
export interface Setting {
  site: ApiClient;
  operator: ApiClient;
  /** The API with each rep's own key, by the rep's id. */
  reps: ReadonlyMap<string, ApiClient>;
  manager: ApiClient;
  inbox: MailInbox;
  /** Makes the addresses of this run new ones. */
  run: string;
}

export interface Person {
  firstName: string;
  lastName: string;
  company: string;
  /** `{run}` stands for the mark of this run. */
  email: string;
  jobTitle: string;
  country: string;
  timeZone: string;
  industry?: string;
  companySize?: number;
  phone?: string;
}

export interface Script {
  title: string;
  person: Person;
  /** The stage in which the life ends, if all goes as it should. */
  ends: Stage;
  play(life: Life): Promise<void>;
}

const SOON_MS = 30_000;
/** When less time than this is left, the SLA's working hours have begun. */
const RUNNING_SLA_MS = 6 * 3_600_000;
/** This long before the end of the SLA the rep has not been reminded yet. */
const IN_TIME_MS = 2.75 * 3_600_000;
/** At most so many wakes of the process until one mail: waits, branches, deadlines. */
const MOST_WAKES = 15;

export class Life {
  readonly setting: Setting;
  readonly person: Person;
  readonly email: string;
  leadId = '';
  /** The handle by which the website knows the lead, once it has sent a form. */
  private handle: string | undefined;
  private readonly read = new Set<string>();

  constructor(setting: Setting, person: Person) {
    this.setting = setting;
    this.person = person;
    this.email = person.email.replace('{run}', setting.run);
  }

  /** A request of the person, from a form of the website or entered by somebody else. */
  async comesIn(request: object, by: 'site' | 'operator' = 'site'): Promise<void> {
    const api = by === 'site' ? this.setting.site : this.setting.operator;
    const { id } = await api.post<{ id: string }>('/v1/leads', { ...this.person, ...request, email: this.email });
    if (by === 'site') this.handle = id;
    this.leadId = by === 'site' ? await this.findId() : id;
    await this.until('its process has looked at it', (lead) => lead.next !== null);
  }

  /** The website does not learn the lead's id, so the operator looks it up. */
  private async findId(): Promise<string> {
    const { items } = await this.setting.operator.post<{ items: Lead[] }>('/v1/leads/lookup', { email: this.email });
    const [lead] = items;
    if (lead === undefined) throw new AppError('INTERNAL', 'The lead that was submitted is not in the list of leads.');
    return lead.id;
  }

  look(): Promise<Lead> {
    return this.setting.operator.get(`/v1/leads/${this.leadId}`);
  }

  timeline(): Promise<TimelineEntry[]> {
    return readTimeline(this.setting.operator, this.leadId);
  }

  why(): Promise<Why> {
    return this.setting.operator.get(`/v1/leads/${this.leadId}/why`);
  }

  /** Waits for something that happens by itself. Throws with what did not happen. */
  async until(what: string, isSo: (lead: Lead) => boolean): Promise<Lead> {
    const lead = await poll(() => this.look(), isSo, SOON_MS);
    if (!isSo(lead)) throw new AppError('INTERNAL', `This did not happen: ${what}. ${standing(lead)}`);
    return lead;
  }

  untilStage(stage: Stage): Promise<Lead> {
    return this.until(`stage ${stage}`, (lead) => lead.stage === stage);
  }

  /** Skips virtual time. Whatever falls due is done at its own time. */
  async pass(duration: string): Promise<void> {
    await this.setting.operator.post(`/v1/leads/${this.leadId}/fast-forward`, { duration });
  }

  async passTo(instantMs: number): Promise<void> {
    const { clock } = await this.look();
    const seconds = Math.ceil((instantMs - Date.parse(clock.now)) / 1000) + 1;
    await this.pass(`PT${Math.max(1, seconds)}S`);
  }

  /** Skips to mid-morning of the next working day in the lead's zone, when people read their mail. */
  async passToWorkingMorning(): Promise<void> {
    const { clock } = await this.look();
    let at = DateTime.fromISO(clock.now, { zone: this.person.timeZone }).plus({ hours: 1 });
    if (at.hour >= 10) at = at.plus({ days: 1 });
    while (at.weekday > 5) at = at.plus({ days: 1 });
    await this.passTo(at.set({ hour: 10, minute: 20, second: 0 }).toMillis());
  }

  /** Skips to the time when the rep answers the offer, within the SLA: soon, or on the team's next working day. */
  async passToRep(): Promise<void> {
    const { assignment, clock } = await this.look();
    const dueMs = Date.parse(assignment?.dueAt ?? '');
    if (Number.isNaN(dueMs)) throw new AppError('INTERNAL', 'No rep was asked to decideByLink by a certain time.');
    if (dueMs - Date.parse(clock.now) < RUNNING_SLA_MS) await this.pass('PT35M');
    else await this.passTo(dueMs - IN_TIME_MS);
  }

  /** Skips from one wake of the process to the next until this mail was sent. Returns the mail as it arrived. */
  async passUntilMail(template: string): Promise<Mail> {
    for (let wakes = 0; wakes < MOST_WAKES; wakes += 1) {
      // The lead is read before the mails: otherwise a mail sent in between would make the loop skip past it.
      const lead = await this.look();
      const mail = await this.newMail(template);
      if (mail !== undefined) return mail;
      if (lead.next === null || lead.next.at === null) {
        throw new AppError(
          'INTERNAL',
          `The mail ‘${template}’ was expected, but nothing is scheduled. ${standing(lead)}`,
        );
      }
      await this.passTo(Date.parse(lead.next.at));
    }
    throw new AppError('INTERNAL', `The mail ‘${template}’ did not come. ${standing(await this.look())}`);
  }

  /** A mail that is sent without any time passing. */
  async receives(template: string): Promise<Mail> {
    const mail = await poll(
      () => this.newMail(template),
      (found) => found !== undefined,
      SOON_MS,
    );
    if (mail === undefined)
      throw new AppError('INTERNAL', `The mail ‘${template}’ did not come. ${standing(await this.look())}`);
    return mail;
  }

  /** The latest mail of this template that was sent for the lead and not read here yet. */
  private async newMail(template: string): Promise<Mail | undefined> {
    const sends = (await this.timeline()).filter(
      (entry) => entry.kind === 'send' && entry.data['template'] === template,
    );
    const bad = sends.find(({ data }) => data['status'] !== 'sent' && data['status'] !== 'claimed');
    if (bad !== undefined) throw new AppError('INTERNAL', `${bad.title}.`);
    const send = sends.findLast(({ id, data }) => data['status'] === 'sent' && !this.read.has(id));
    if (send === undefined) return undefined;
    this.read.add(send.id);
    return this.setting.inbox.ofSend(send.id);
  }

  /** An event that the website reports; for a person who sent no form, another system reports it. */
  async does(type: string, properties: Record<string, unknown> = {}): Promise<void> {
    const api = this.handle === undefined ? this.setting.operator : this.setting.site;
    const event = { leadId: this.handle ?? this.leadId, type, properties };
    const { results } = await api.post<{ results: { status: string; message?: string }[] }>('/v1/events', {
      events: [event],
    });
    const [result] = results;
    if (result?.status !== 'accepted')
      throw new AppError('INTERNAL', `The event ${type} was ${result?.status}: ${result?.message}`);
  }

  /** The rep decides on the page that the brief links to. */
  async repAccepts(brief: Mail): Promise<void> {
    await decideByLink(brief, { decision: 'accept' });
    await this.untilStage('accepted');
  }

  async repRejects(brief: Mail, reason: string, note: string): Promise<void> {
    await decideByLink(brief, { decision: 'reject', reason, note });
  }

  /** The API as the rep who owns the lead uses it. */
  async ownerApi(): Promise<ApiClient> {
    const { owner } = await this.look();
    const api = owner === null ? undefined : this.setting.reps.get(owner.id);
    if (api === undefined) throw new AppError('INTERNAL', 'The lead has no owner who could act for it.');
    return api;
  }

  async outcome(outcome: object): Promise<void> {
    await (await this.ownerApi()).post(`/v1/leads/${this.leadId}/outcome`, outcome);
  }
}

function standing(lead: Lead): string {
  return `The lead is in stage ${lead.stage} with score ${lead.score} and grade ${lead.grade}; next: ${lead.next?.summary ?? 'unknown'}.`;
}
