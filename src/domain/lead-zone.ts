import places from './places.json' with { type: 'json' };
import { statedRegion } from './region.ts';
import { isZone } from './schedule.ts';

/** The time zone of a lead, and where it is known from. */
export interface LeadZone {
  /** IANA name. */
  zone: string;
  /** A sentence for `why`. */
  because: string;
}

/** What of a lead says where it is. */
export interface Whereabouts {
  timeZone: string | null;
  /** ISO 3166-1, two letters. */
  country: string | null;
  /** The lead's own attributes: `region`, else `state`, as a code ("CA", "US-CA") or by its name. */
  attributes: unknown;
}

const ZONES: Readonly<Record<string, string>> = places.zones;
const SEVERAL: ReadonlySet<string> = new Set(places.several);
const REGIONS: Readonly<Record<string, Readonly<Record<string, { zone: string; name: string }>>>> = places.regions;

/**
 * The lead's own time zone; else that of its country, by region where the country has several; else the fallback. What a lead states
 * about itself must not stop its process, so what is no zone or country counts as not known.
 */
export function leadZone(lead: Whereabouts, fallback: string): LeadZone {
  const { timeZone } = lead;
  if (timeZone !== null && timeZone !== '' && isZone(timeZone)) return { zone: timeZone, because: 'its own time zone' };
  const country = lead.country?.toUpperCase() ?? '';
  const zone = Object.hasOwn(ZONES, country) ? ZONES[country] : undefined;
  if (zone === undefined)
    return {
      zone: fallback,
      because: 'the default of the playbook, as neither its time zone nor its country is known',
    };
  if (!SEVERAL.has(country)) return { zone, because: `the time zone of its country, ${country}` };
  const region = regionOf(lead.attributes, country);
  if (region !== null)
    return { zone: region.zone, because: `the time zone of its region, ${region.name} (${country})` };
  return { zone, because: `the time zone of most people in its country, ${country}, which has several` };
}

/** The zone alone. */
export function zoneOfLead(lead: Whereabouts, fallback: string): string {
  return leadZone(lead, fallback).zone;
}

function regionOf(attributes: unknown, country: string): { zone: string; name: string } | null {
  const regions = REGIONS[country];
  const plain = regionCode(attributes, country);
  if (regions === undefined || plain === null) return null;
  const byCode = Object.hasOwn(regions, plain) ? regions[plain] : undefined;
  return byCode ?? Object.values(regions).find(({ name }) => name.toUpperCase() === plain) ?? null;
}

/** The region as the lead states it, in capitals and without the country: "CA", "CALIFORNIA". */
export function regionCode(attributes: unknown, country: string | null): string | null {
  const stated = statedRegion(attributes)?.trim().toUpperCase();
  return stated?.replace(`${country ?? ''}-`, '') ?? null;
}
