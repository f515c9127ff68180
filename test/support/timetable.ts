import type { Cadence } from '../../src/domain/cadence.ts';
import { type Timetable, timetableOf } from '../../src/domain/timetable.ts';

/** When a cadence may do something for a lead in a zone; without calendars, quiet hours and spread. */
export function timetableIn(zone: string, cadence: Pick<Cadence, 'window' | 'spread'> = {}): Timetable {
  return timetableOf({ calendars: [], quietHours: [], defaultTimeZone: zone }, cadence, {
    id: 'lead_1',
    timeZone: zone,
    country: null,
    attributes: {},
  });
}
