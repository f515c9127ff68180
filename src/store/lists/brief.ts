import { BY_ACCOUNT } from '../../domain/account-readiness.ts';
import { eventInWords } from '../../domain/event-words.ts';
import type { EventProperties } from '../../domain/machine-open.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { Rating } from '../../domain/readiness.ts';
import { shownPoints } from '../../domain/score-words.ts';
import { quoted } from '../../domain/stated-words.ts';
import { nextAction, type NowFacts, whyNow } from '../../domain/why-now.ts';
import { titleOf } from '../../domain/timeline.ts';
import type { Names } from '../../domain/timeline-entry.ts';
import type { Tx } from '../db.ts';
import type { Event, Lead, Need } from '../generated/client.ts';
import { type AccountPerson, readAccountPeople } from '../scoring/account-people.ts';
import { readHistory } from './hand-off-history.ts';
import { readNames } from './names.ts';
import { scoreByRule } from './score-by-rule.ts';

/** What a rep needs to know before the first call. */
export interface Brief {
  email: string | null;
  phone: string | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  jobTitle: string | null;
  country: string | null;
  source: string | null;
  campaign: string | null;
  qualifiedBy: string | null;
  reasons: { rule: string; points: number; at: Date }[];
  actions: { what: string; at: Date }[];
  notes: { body: string; by: string | null; at: Date }[];
  /** Why it comes now, and what to do next, each in a sentence or two. */
  whyNow: string;
  nextAction: string;
  /** Pages and material that it read, each once, the latest first. */
  read: string[];
  /** What we had with it before: hand-offs that are over, needs that are closed. The latest first. */
  history: { what: string; at: Date }[];
}

const RULES_SHOWN = 8;
const ACTIONS_SHOWN = 10;
/** Those of a rejection and a reroute are among them. */
const NOTES_SHOWN = 20;
const READ_SHOWN = 8;
export const EVENTS_READ = 50;
/** Touches and events contain no names of reps. */
const NO_NAMES: Names = { person: (id) => id, reason: (key) => key };

/** `at`: now on the lead's clock. */
export async function readBrief(
  tx: Tx,
  leadId: string,
  at: Date,
  playbook: Pick<Playbook, 'scoring' | 'events' | 'reasons' | 'productLines' | 'needTypes'>,
): Promise<Brief> {
  const { scoring: fading, events: described } = playbook;
  const [lead, rules, events, touches, notes, history, dead] = await Promise.all([
    tx.lead.findUniqueOrThrow({
      where: { id: leadId },
      include: { needs: { orderBy: { openedAt: 'desc' }, take: 5 } },
    }),
    scoreByRule(tx, leadId, at, fading),
    tx.event.findMany({
      where: { leadId, machine: false },
      orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
      take: EVENTS_READ,
    }),
    tx.touch.findMany({
      where: { leadId },
      orderBy: [{ isFirst: 'desc' }, { occurredAt: 'desc' }],
      take: ACTIONS_SHOWN,
    }),
    tx.repActivity.findMany({
      where: { leadId, body: { not: null } },
      orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
      take: NOTES_SHOWN,
    }),
    readHistory(tx, leadId, playbook),
    tx.$queryRaw<unknown[]>`
      SELECT 1 FROM suppressions s JOIN leads l ON l.email = s.email WHERE l.id = ${leadId} AND s.reason = 'hard-bounce'`,
  ]);
  const reps = await readNames(
    tx,
    notes.flatMap(({ repId }) => repId ?? []),
  );
  const { email, phone, firstName, lastName, company, jobTitle, country, source, qualifiedBy } = lead;
  const need = lead.needs.find(({ id }) => id === lead.needId);
  const asked = events.find(({ type }) => type === qualifiedBy) ?? events[0];
  const event = asked === undefined ? null : didWhat(asked, described);
  const facts: NowFacts = {
    atMs: at.getTime(),
    event: event && { what: event.what, atMs: event.at.getTime() },
    qualifiedBy,
    qualifiedAtMs: lead.qualifiedAt?.getTime() ?? null,
    cause: qualifiedBy === null ? null : eventInWords(qualifiedBy, described),
    grade: lead.fitGrade,
    jobTitle,
    companySize: lead.companySize,
    people: await colleaguesOf(tx, lead, at.getTime(), fading),
    phone,
    email,
    isDead: dead.length > 0,
    preferredChannel: lead.preferredChannel,
    recycleCount: need?.recycleCount ?? 0,
    lastReason: history.lastReason,
    unknown: unknownOf(need),
  };
  const done = [
    ...events.slice(0, ACTIONS_SHOWN).map((one) => didWhat(one, described)),
    ...touches.map(({ how, source: from, campaign, isFirst, inbound, occurredAt }) => ({
      what: titleOf(
        { kind: 'touch', data: { how, source: marked(from), campaign: marked(campaign), first: isFirst, inbound } },
        'lead',
        NO_NAMES,
      ),
      at: occurredAt,
    })),
  ];
  return {
    email,
    phone,
    firstName,
    lastName,
    company,
    jobTitle,
    country,
    source,
    qualifiedBy,
    campaign: touches.find(({ isFirst }) => isFirst)?.campaign ?? null,
    reasons: rules
      .map(({ rule, points, lastAt }) => ({ rule, points: shownPoints(points), at: lastAt }))
      .filter(({ points }) => points !== 0)
      .slice(0, RULES_SHOWN),
    actions: done.toSorted((a, b) => b.at.getTime() - a.at.getTime()).slice(0, ACTIONS_SHOWN),
    notes: notes.map(({ body, repId, occurredAt }) => ({
      body: body ?? '',
      by: reps.get(repId ?? '')?.name ?? null,
      at: occurredAt,
    })),
    whyNow: whyNow(facts),
    nextAction: nextAction(facts),
    read: [...new Set(events.flatMap(({ properties }) => subjectOf(properties)?.words ?? []))].slice(0, READ_SHOWN),
    history: history.entries,
  };
}

interface Did {
  what: string;
  at: Date;
}

/** What a lead did, in words, with what it was about. */
export function didWhat(
  { type, machine, properties, occurredAt }: Pick<Event, 'type' | 'machine' | 'properties' | 'occurredAt'>,
  events: Playbook['events'],
): Did {
  const subject = subjectOf(properties);
  // What came back says in its properties whether it is a report of spam.
  const told = type === 'email.bounced' ? { properties: properties as EventProperties } : {};
  const title = titleOf({ kind: 'event', data: { type, machine, ...told } }, 'lead', { ...NO_NAMES, events });
  return { what: subject === null ? title : `${title}: ${subject.words}`, at: occurredAt };
}

/** Those of its account who made it ready together, without itself. */
async function colleaguesOf(tx: Tx, lead: Lead, atMs: number, fading: Rating): Promise<AccountPerson[]> {
  if (lead.qualifiedBy !== BY_ACCOUNT || lead.accountId === null) return [];
  return readAccountPeople(tx, [lead.accountId], fading, atMs - Number(lead.clockOffsetMs));
}

/** The letters of BANT that nobody knows. */
function unknownOf(need: Need | undefined): string[] {
  if (need === undefined) return [];
  const { budget, authority, needKnown, timing } = need;
  return Object.entries({ budget, 'who decides': authority, 'what they need': needKnown, timing }).flatMap(
    ([what, state]) => (state === 'unknown' ? [what] : []),
  );
}

/** What a form stated, in a sentence of ours. */
function marked(stated: string | null): string | null {
  return stated === null ? null : quoted(stated);
}

/** The most telling property of an event, which anybody may state: its page, form or link. */
function subjectOf(properties: unknown): { words: string } | null {
  if (typeof properties !== 'object' || properties === null) return null;
  const known = properties as Readonly<Record<string, unknown>>;
  const subject = ['title', 'path', 'page', 'form', 'name', 'ebook', 'content', 'webinar', 'url']
    .map((key) => known[key])
    .find((value) => typeof value === 'string');
  return typeof subject === 'string' ? { words: quoted(subject) } : null;
}
