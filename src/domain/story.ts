/** Turns the timeline of a lead into lines for people. Every line comes from the timeline. */
import { DateTime } from 'luxon';

import { whenInStory } from './when.ts';
import { shownPoints, shownScore } from './score-words.ts';

/** What the story needs of an entry of a lead's timeline, as the API gives it. */
export interface StoryEntry {
  id: string;
  /** ISO 8601. */
  at: string;
  kind: 'touch' | 'consent' | 'event' | 'score' | 'send' | 'activity' | 'change';
  /** Of a change: its kind. */
  action: string | null;
  title: string;
  data: Readonly<Record<string, unknown>>;
}

/** Who acts in a line: the lead, a mail to the lead, sales, or the engine itself. */
export type Voice = 'lead' | 'mail' | 'sales' | 'engine';

export interface StoryLine {
  at: string;
  /** Whole days since the lead came in, by the calendar of its zone. */
  day: number;
  /** The same instant in the lead's zone. */
  when: string;
  /** The stage from then on. */
  stage: string;
  voice: Voice;
  text: string;
}

/** Left out: another line of the same moment says it, or only an operator needs it. */
const UNTOLD = new Set(['lead.created', 'clock.forwarded', 'process.rung', 'lead.updated']);
const SALES = /^(assignment\.|task\.|outcome\.recorded$)/;
const TELLS_THE_STAGE = /^(assignment|outcome|enrollment|lead\.qualified|lead\.recycled|need\.closed)/;

export function tellStory(timeline: readonly StoryEntry[], zone: string): StoryLine[] {
  const [first] = timeline;
  if (first === undefined) return [];
  const points = pointsByEvent(timeline);
  let stage = 'new';
  return moments(timeline).flatMap((moment) => {
    const told = moment.filter((entry) => isTold(entry, moment));
    for (const { action, data } of moment) if (action === 'stage.changed') stage = String(data['to']);
    return told.map((entry) => ({
      at: entry.at,
      day: daysBetween(first.at, entry.at, zone),
      when: whenInStory(Date.parse(entry.at), Date.parse(first.at), zone),
      stage,
      voice: voiceOf(entry),
      text: entry.title + moreOf(entry, points),
    }));
  });
}

/** Days by the calendar of the zone: the next morning is one day later. */
export function daysBetween(from: string, to: string, zone: string): number {
  const [start, end] = [from, to].map((at) => DateTime.fromISO(at, { zone }).startOf('day'));
  return start === undefined || end === undefined ? 0 : Math.round(end.diff(start, 'days').days);
}

/** Entries of one instant. */
function moments(timeline: readonly StoryEntry[]): StoryEntry[][] {
  const groups: StoryEntry[][] = [];
  for (const entry of timeline) {
    const last = groups.at(-1);
    if (last?.[0]?.at === entry.at) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

function isTold(entry: StoryEntry, moment: readonly StoryEntry[]): boolean {
  const { kind, action, data } = entry;
  if (kind === 'score') return data['eventId'] === null;
  if (action === null) return true;
  if (UNTOLD.has(action)) return false;
  if (action === 'need.opened') return !moment.some((other) => other.action === 'enrollment.started');
  if (action === 'step.performed') return !String(data['result']).startsWith('came:');
  if (action === 'enrollment.ended') return !moment.some((other) => other.action === 'lead.recycled');
  if (action === 'stage.changed') return !moment.some((other) => TELLS_THE_STAGE.test(other.action ?? ''));
  return true;
}

/** Details of the entry beyond its title. */
function moreOf({ id, kind, action, data }: StoryEntry, points: ReadonlyMap<string, string>): string {
  if (kind === 'event') return points.get(id) ?? '';
  if (kind === 'activity') return typeof data['body'] === 'string' ? `: ${data['body']}` : '';
  if (action !== 'outcome.recorded') return '';
  // The title has the amount.
  const { funnelStage } = data;
  return typeof funnelStage === 'string' ? `, ${funnelStage}` : '';
}

/** How each event changed the score, in words to add to its line. */
function pointsByEvent(timeline: readonly StoryEntry[]): Map<string, string> {
  const sums = new Map<string, { by: number; after: number }>();
  for (const { kind, data } of timeline) {
    const { eventId, before, after } = data;
    if (kind !== 'score' || typeof eventId !== 'string' || typeof before !== 'number' || typeof after !== 'number')
      continue;
    sums.set(eventId, { by: (sums.get(eventId)?.by ?? 0) + after - before, after });
  }
  return new Map(
    [...sums].map(([id, { by, after }]) => [
      id,
      ` (${by < 0 ? '' : '+'}${shownPoints(by)}, score ${shownScore(after)})`,
    ]),
  );
}

function voiceOf({ kind, action, data }: StoryEntry): Voice {
  if (kind === 'send') return data['audience'] === 'rep' ? 'sales' : 'mail';
  if (kind === 'activity' || SALES.test(action ?? '')) return 'sales';
  if (kind === 'touch' || kind === 'event' || kind === 'consent' || action === 'lead.unsubscribed') return 'lead';
  return 'engine';
}
