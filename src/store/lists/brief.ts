import type { Fading } from '../../domain/score.ts';
import { shownPoints } from '../../domain/score-words.ts';
import { quoted } from '../../domain/stated-words.ts';
import { titleOf, type Names } from '../../domain/timeline.ts';
import type { Tx } from '../db.ts';
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
}

const RULES_SHOWN = 8;
const ACTIONS_SHOWN = 10;
const NOTES_SHOWN = 5;
/** Touches and events contain no names of reps. */
const NO_NAMES: Names = { person: (id) => id, reason: (key) => key };

/** `at`: now on the lead's clock. */
export async function readBrief(tx: Tx, leadId: string, at: Date, fading: Fading): Promise<Brief> {
  const [lead, rules, events, touches, notes] = await Promise.all([
    tx.lead.findUniqueOrThrow({ where: { id: leadId } }),
    scoreByRule(tx, leadId, at, fading),
    tx.event.findMany({
      where: { leadId, machine: false },
      orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
      take: ACTIONS_SHOWN,
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
  ]);
  const reps = await readNames(
    tx,
    notes.flatMap(({ repId }) => repId ?? []),
  );
  const { email, phone, firstName, lastName, company, jobTitle, country, source, qualifiedBy } = lead;
  const done = [
    ...events.map(({ type, machine, properties, occurredAt }) => ({
      what: titleOf({ kind: 'event', data: { type, machine } }, 'lead', NO_NAMES) + subjectOf(properties),
      at: occurredAt,
    })),
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
  };
}

/** What a form stated, in a sentence of ours. */
function marked(stated: string | null): string | null {
  return stated === null ? null : quoted(stated);
}

/** The most telling property of an event, which anybody may state: its page, form or link. */
function subjectOf(properties: unknown): string {
  if (typeof properties !== 'object' || properties === null) return '';
  const known = properties as Readonly<Record<string, unknown>>;
  const subject = ['title', 'path', 'page', 'form', 'name', 'url']
    .map((key) => known[key])
    .find((value) => typeof value === 'string');
  return typeof subject === 'string' ? `: ${quoted(subject)}` : '';
}
