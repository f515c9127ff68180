/** A lead's timeline: everything that happened, in one feed, in words that a marketer understands. */
import { DateTime } from 'luxon';
import { activityInWords } from './activity-words.ts';
import { type EventProperties, verdictInWords } from './machine-open.ts';
import { sourceInWords } from './consent-by.ts';
import { bounceInWords, eventInWords } from './event-words.ts';
import { sendTitle } from './send-words.ts';
import { shownPoints, shownScore } from './score-words.ts';
import { changeTitle } from './timeline-change.ts';
import type { Names, TimelineEntry } from './timeline-entry.ts';

/**
 * One line in words. It names people instead of their ids.
 * @param actor Handle of the person, key or system that did it
 */
export function titleOf(entry: TimelineEntry, actor: string, names: Names): string {
  return plainTitle(entry, actor, names).replaceAll(PERSON_ID, (id) => names.person(id));
}

/** Matches ids of reps, users and API keys in the text of an entry. */
export const PERSON_ID = /\b(?:rep|key|usr)-[0-9a-f]{32}\b/g;

function plainTitle(entry: TimelineEntry, actor: string, names: Names): string {
  switch (entry.kind) {
    case 'touch': {
      const from = [entry.data.source, entry.data.campaign].filter((part) => part !== null).join(', ');
      const what = entry.data.first ? 'First touch' : entry.data.inbound ? 'Touch' : 'Outbound touch';
      const odd = entry.data.request?.suspicious ?? [];
      const flag = odd.length === 0 ? '' : `; looks like spam: an address of a page in ${odd.join(', ')}`;
      return `${what} by ${entry.data.how}${from === '' ? '' : ` (${from})`}${flag}`;
    }
    case 'consent': {
      const { topic, granted, unconfirmed } = entry.data;
      const source = sourceInWords(entry.data.source, entry.data.statedBy);
      if (unconfirmed)
        return `Consent to ${topic} was given in a form (${source}); it counts once the person confirms it by mail`;
      return `Consent to ${topic} ${granted ? 'given' : 'withdrawn'} (${source})`;
    }
    case 'event':
      return `${eventTitle(entry.data, names)}${again(entry.data.properties)}${verdictInWords(entry.data)}`;
    case 'score': {
      const by = entry.data.after - entry.data.before;
      return `Score ${by < 0 ? '' : '+'}${shownPoints(by)} by ‘${entry.data.rule}’, now ${shownScore(entry.data.after)}`;
    }
    case 'send':
      return sendTitle(entry.data);
    case 'activity':
      return activityInWords(entry.data);
    case 'change':
      return changeTitle(entry, actor, names);
  }
}

function eventTitle(
  { type, properties }: { type: string; properties?: EventProperties },
  { events = [] }: Pick<Names, 'events'>,
): string {
  const seconds = properties?.seconds;
  if (type === 'page.dwelled' && typeof seconds === 'number') return `Read a page for ${lengthInWords(seconds)}`;
  if (type === 'email.bounced' && properties !== undefined) return bounceInWords(properties);
  if (type === 'absence.noted' && typeof properties?.untilMs === 'number')
    return `Out of office: mails wait until ${dayOf(properties.untilMs)}`;
  return eventInWords(type, events);
}

/** The day of return is noted as a day of UTC. */
function dayOf(ms: number): string {
  return DateTime.fromMillis(ms, { zone: 'utc', locale: 'en' }).toFormat('ccc d LLL yyyy');
}

/** "40 s", "3 min": as a site states it. */
function lengthInWords(seconds: number): string {
  return seconds < 120 ? `${Math.max(0, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}

/** Words for the fetches of a pixel or link that were only counted. */
function again(properties?: EventProperties): string {
  const repeats = properties?.repeats;
  return typeof repeats === 'number' ? ` and ${repeats} more times within the hour` : '';
}
