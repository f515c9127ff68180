import { DateTime } from 'luxon';
import { z } from 'zod';
import { LEADS_OWN, type Calendar } from '../domain/playbook.ts';
import { stated } from '../domain/stated.ts';
import { key, mapping, writtenAs } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import { publicHolidays, regionsOf } from './public-holidays.ts';
import { hintFor } from '../domain/did-you-mean.ts';

const date = z
  .string()
  .refine(
    (text) => /^\d{4}-\d\d-\d\d$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid,
    'expected a date such as "2026-12-25"',
  );

interface WrittenCalendar {
  country?: string | undefined;
  region?: string | undefined;
  daysOff: string[];
  except: string[];
}

const ofCountry: z.ZodType<WrittenCalendar> = mapping({
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'expected a country such as "DE"')
    .optional(),
  region: z.string().optional(),
  daysOff: z.array(date).default([]),
  except: z.array(date).default([]),
});
const datesAlone: z.ZodType<WrittenCalendar> = z
  .array(date, { error: 'expected a list of dates, or { country, region, daysOff, except }' })
  .transform((daysOff) => ({ daysOff, except: [] }));

const calendars = z.record(
  key,
  writtenAs<WrittenCalendar>((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? ofCountry : datesAlone,
  ),
);

/** Reads calendars.yaml: holidays by the key of their calendar. Null when it has mistakes, which are reported. */
export function readCalendars(file: YamlFile): Calendar[] | null {
  const read = file.parse(calendars);
  if (read === null) return null;
  if (Object.hasOwn(read, LEADS_OWN))
    file.report(
      [LEADS_OWN],
      `"calendar: ${LEADS_OWN}" means the calendar of a lead's country; give this one another name`,
      'key',
    );
  return Object.entries(read).map(([calendar, written]) => {
    const { country, daysOff, except } = written;
    const region = country === undefined ? undefined : regionAt(file, calendar, country, written.region);
    const ofTheCountry = country === undefined || region === null ? [] : publicHolidays(country, region);
    const all = new Set([...ofTheCountry, ...daysOff]);
    for (const [i, day] of except.entries())
      if (!all.delete(day)) file.report([calendar, 'except', i], `${day} is no holiday of this calendar`);
    return stated({ calendar, country, region: region ?? undefined, holidays: [...all].toSorted() });
  });
}

/** The code of a region that is written by its code or its name; undefined: none is. Null when it is unknown, which is reported. */
function regionAt(
  file: YamlFile,
  calendar: string,
  country: string,
  written: string | undefined,
): string | undefined | null {
  const regions = regionsOf(country);
  if (regions === null) {
    file.report(
      [calendar, 'country'],
      `no public holidays are known of the country "${country}"; list them as "daysOff"`,
    );
    return null;
  }
  if (written === undefined) return undefined;
  const wanted = written.toLowerCase();
  const found =
    regions.find(({ code }) => code.toLowerCase() === wanted) ??
    regions.find(({ names }) => names.some((name) => name.toLowerCase() === wanted));
  if (found !== undefined) return found.code;
  const hint = hintFor(
    written,
    regions.flatMap(({ code, names }) => [code, ...names]),
  );
  const known =
    regions.length === 0
      ? 'the country has no regions here'
      : `known are ${regions.map(({ code, names }) => `${code} (${names[0] ?? code})`).join(', ')}`;
  file.report([calendar, 'region'], `unknown region "${written}" of ${country}${hint}; ${known}`);
  return null;
}
