import places from './places.json' with { type: 'json' };

/** Languages in which a country may be named: those of most websites of the installation's likely customers. */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl', 'sv', 'da', 'cs'] as const;

/** What people write, and no list of names has. */
const ALSO: Readonly<Record<string, string>> = {
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  usa: 'US',
  'united states of america': 'US',
  america: 'US',
  holland: 'NL',
  'the netherlands': 'NL',
  'czech republic': 'CZ',
  turkey: 'TR',
};

/** ISO 3166-1 codes of two letters. */
const CODES: ReadonlySet<string> = new Set(Object.keys(places.zones));

/** Longer no country is named. */
export const LONGEST_COUNTRY = 60;

let byName: ReadonlyMap<string, string> | null = null;

/**
 * The country that is meant by a code of ISO 3166-1 ("de", "UK") or by its name in one of several languages ("Germany", "Deutschland").
 * @returns Its code of two letters in capitals; null: there is no such country
 */
export function countryCode(written: string): string | null {
  const plain = plainName(written);
  const code = plain.toUpperCase();
  if (CODES.has(code)) return code;
  if (Object.hasOwn(ALSO, plain)) return ALSO[plain] ?? null;
  byName ??= namesOfCountries();
  return byName.get(plain) ?? null;
}

/** Made at the first name that is asked for: most submissions state a code. */
function namesOfCountries(): ReadonlyMap<string, string> {
  const names = LANGUAGES.map((language) => new Intl.DisplayNames([language], { type: 'region' }));
  return new Map(
    [...CODES].flatMap((code) => names.map((namedIn) => [plainName(namedIn.of(code) ?? code), code] as const)),
  );
}

/** Without dots, accents and case: "U.S.A." and "Côte d’Ivoire" as most people type them. */
function plainName(written: string): string {
  return written
    .slice(0, LONGEST_COUNTRY)
    .normalize('NFD')
    .replaceAll(/[\p{M}.]/gu, '')
    .replaceAll('’', "'")
    .replaceAll(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
