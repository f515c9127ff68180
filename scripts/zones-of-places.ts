import { getAllCountries, getTimezone } from 'countries-and-timezones';
import Holidays from 'date-holidays';
import { IANAZone } from 'luxon';

/**
 * The time zones of countries and regions, as src/domain/places.json has them. They are written down and not asked of the libraries at
 * run time: the two take 20 MB, and a newer version of one must not move a lead to another zone unseen.
 */
interface Places {
  /** Of each country its zone; of a country with several zones that of most people. */
  zones: Record<string, string>;
  /** Countries in which not all clocks show the same. */
  several: string[];
  /** Regions by code whose clocks are known to be others than most: the zone of most people there, and the region's name. */
  regions: Record<string, Record<string, { zone: string; name: string }>>;
}

/** Where the libraries do not put the zone of most people first. */
const MOST_PEOPLE: Readonly<Record<string, string>> = {
  CD: 'Africa/Kinshasa',
  FM: 'Pacific/Chuuk',
  KI: 'Pacific/Tarawa',
  MN: 'Asia/Ulaanbaatar',
  PG: 'Pacific/Port_Moresby',
  'BR-PA': 'America/Belem',
  'CA-QC': 'America/Toronto',
  'US-ND': 'America/Chicago',
};

export function zonesOfPlaces(): Places {
  const places: Places = { zones: {}, several: [], regions: {} };
  const library = new Holidays();
  const known = library.getCountries();
  for (const [country, { timezones }] of Object.entries(getAllCountries()).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const clocks = new Set(timezones.map(clockOf));
    const listed = Object.hasOwn(known, country) ? new Holidays(country).getTimezones() : undefined;
    const zone = MOST_PEOPLE[country] ?? listed?.[0] ?? timezones[0];
    if (zone === undefined || !IANAZone.isValidZone(zone)) continue;
    places.zones[country] = zone;
    if (clocks.size < 2) continue;
    places.several.push(country);
    const regions: Places['regions'][string] = {};
    for (const [code, name] of Object.entries(library.getStates(country) ?? {})) {
      const zones = new Holidays(country, code).getTimezones();
      const most = MOST_PEOPLE[`${country}-${code.toUpperCase()}`] ?? zones[0];
      // A region of which nothing is said has all zones of its country.
      if (most !== undefined && zones.length < (listed?.length ?? 0))
        regions[code.toUpperCase()] = { zone: most, name };
    }
    if (Object.keys(regions).length > 0) places.regions[country] = regions;
  }
  return places;
}

/** The same for zones whose clocks show the same all year. */
function clockOf(name: string): string {
  const zone = getTimezone(name);
  return zone === null || zone === undefined ? name : `${zone.utcOffset} ${zone.dstOffset}`;
}
