import Holidays from 'date-holidays';

/**
 * The years that holidays are computed for, first and last. They do not depend on today, so that a playbook that nobody changed reads
 * the same next year.
 */
export const HOLIDAY_YEARS = [2025, 2044] as const;

/** A region of a country with holidays of its own, or a part of one. */
export interface HolidayRegion {
  /** "BY"; of a part "BY-A". */
  code: string;
  /** As the library names it, in the languages that it knows. */
  names: readonly string[];
}

/** The regions of a country; null when its holidays are not known. */
export function regionsOf(country: string): readonly HolidayRegion[] | null {
  const library = new Holidays();
  if (!Object.hasOwn(library.getCountries(), country)) return null;
  const languages = [...new Holidays(country).getLanguages(), 'en'];
  const namesBy = (
    read: (language: string) => Readonly<Record<string, string>> | undefined,
    code: string,
  ): string[] => [...new Set(languages.flatMap((language) => read(language)?.[code] ?? []))];
  return Object.keys(library.getStates(country) ?? {}).flatMap((state) => [
    { code: state, names: namesBy((language) => library.getStates(country, language), state) },
    ...Object.keys(library.getRegions(country, state) ?? {}).map((part) => ({
      code: `${state}-${part}`,
      names: namesBy((language) => library.getRegions(country, state, language), part),
    })),
  ]);
}

/** Local dates of the public holidays of a country or region, days in lieu among them. Half days off do not count. */
export function publicHolidays(country: string, region: string | undefined): readonly string[] {
  const key = `${country}-${region ?? ''}`;
  const known = computed.get(key);
  if (known !== undefined) return known;
  const [state, part] = region?.split('-') ?? [];
  const library =
    state === undefined
      ? new Holidays(country)
      : part === undefined
        ? new Holidays(country, state)
        : new Holidays(country, state, part);
  const dates = new Set<string>();
  for (let year = HOLIDAY_YEARS[0]; year <= HOLIDAY_YEARS[1]; year += 1)
    for (const { type, date, start, end } of library.getHolidays(year))
      if (type === 'public') for (const day of wholeDays(date, end.getTime() - start.getTime())) dates.add(day);
  const sorted = [...dates].toSorted();
  computed.set(key, sorted);
  return sorted;
}

/** Computing twenty years takes a tenth of a second, and a folder is read again at every save. */
const computed = new Map<string, readonly string[]>();

const DAY_MS = 86_400_000;

/** The dates of a holiday that begins at a local time ("2026-12-25 00:00:00") and lasts so long; none if that is not a whole day. */
function wholeDays(begins: string, lastsMs: number): string[] {
  const days = begins.slice(11, 16) === '00:00' ? Math.floor((lastsMs + HOUR_MS) / DAY_MS) : 0;
  const first = Date.parse(`${begins.slice(0, 10)}T00:00:00Z`);
  return Array.from({ length: days }, (_, i) => new Date(first + i * DAY_MS).toISOString().slice(0, 10));
}

/** A day on which the clocks go forward is an hour shorter. */
const HOUR_MS = 3_600_000;
