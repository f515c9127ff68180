import type { Cadence, Span } from './cadence.ts';
import { regionCode, type Whereabouts, zoneOfLead } from './lead-zone.ts';
import { type Calendar, LEADS_OWN, type Playbook } from './playbook.ts';
import { addSpan, holidaysOf, type IsHoliday, nextOpening, spanToMs, spreadOver } from './schedule.ts';
import { stableShare } from './stable-share.ts';
import type { OpenTimes } from './window.ts';

/** When a cadence may do something for a lead: by the window and calendar of the cadence, and the quiet hours and spread of the playbook. */
export interface Timetable {
  /** The name by which the lead has its share of a spread: usually its id. */
  drawnAs: string;
  zone: string;
  times: OpenTimes;
  spreadMs: number;
}

export function timetableOf(
  playbook: Pick<Playbook, 'calendars' | 'quietHours' | 'spread' | 'defaultTimeZone'>,
  { window, calendar, spread = playbook.spread }: Pick<Cadence, 'window' | 'calendar' | 'spread'>,
  lead: Whereabouts & { id: string },
): Timetable {
  const isHoliday =
    calendar === LEADS_OWN ? ownHolidays(playbook.calendars, lead) : holidaysOf(playbook.calendars, calendar);
  return {
    drawnAs: lead.id,
    zone: zoneOfLead(lead, playbook.defaultTimeZone),
    times: { window, quietHours: playbook.quietHours, isHoliday },
    spreadMs: spread === undefined ? 0 : spanToMs(spread),
  };
}

/** The holidays of the lead's region, else of its country, if the playbook has a calendar of one. */
function ownHolidays(calendars: readonly Calendar[], { country, attributes }: Whereabouts): IsHoliday {
  const code = regionCode(attributes, country);
  const ofCountry = calendars.filter((one) => one.country !== undefined && one.country === country);
  const own =
    ofCountry.find((one) => one.region?.toUpperCase() === code) ?? ofCountry.find((one) => one.region === undefined);
  return holidaysOf(calendars, own?.calendar);
}

/** The end of a span that begins at an instant. */
export function afterSpan({ zone, times }: Timetable, fromMs: number, span: Span): number {
  return addSpan(fromMs, span, zone, times.isHoliday);
}

/**
 * When a step that is due at an instant may be performed: then, if it is open; else when it opens next, a share of the spread later, which
 * is always the same for the lead and the step.
 */
export function opening(table: Timetable, atMs: number, stepId: string): number {
  const opensMs = nextOpening(atMs, table.times, table.zone);
  return opensMs === atMs ? atMs : spreadFrom(table, opensMs, stepId, table.spreadMs);
}

/** An instant within `forMs` from an instant that is open, in the same opening. */
export function spreadFrom(table: Timetable, openMs: number, stepId: string, forMs: number): number {
  return spreadOver(openMs, table.times, table.zone, forMs, stableShare(table.drawnAs, stepId));
}
