import { canonicalLanguage } from '../domain/language-tag.ts';

/** Whose language and zone a mail speaks: what the filters for dates, money and numbers go by. */

export interface Locale {
  /** A language tag, as in "de-AT". */
  language: string;
  /** IANA zone in which times are shown. */
  zone: string;
  /** What `now` is: the lead's clock. */
  at: Date;
}

/** The Liquid variable that carries it. */
export const LOCALE_VARIABLE = '__locale';

const NOWHERE: Locale = { language: 'en', zone: 'UTC', at: new Date(0) };

/** That of a rendering. A text that is rendered without one is in English, and its times are in UTC. */
export function localeIn({ environments }: { environments: object }): Locale {
  const { [LOCALE_VARIABLE]: locale } = environments as { [LOCALE_VARIABLE]?: Locale };
  return locale ?? NOWHERE;
}

/**
 * The language of dates and numbers in a mail. A reader who reads the mail's language gets their own form of it (en-GB); no mail has
 * dates in another language than its words.
 * @param mail The language of the mail's words; null: the template does not say.
 */
export function formattingLanguage(mail: string | null, reader: string | null | undefined): string {
  const wanted = canonicalLanguage(reader);
  const written = canonicalLanguage(mail);
  if (written === null) return wanted ?? 'en';
  return wanted !== null && primary(wanted) === primary(written) ? wanted : written;
}

function primary(language: string): string {
  return language.split('-')[0] ?? language;
}

/** Whether the language is written from right to left. */
export function isRightToLeft(language: string): boolean {
  const { script = '' } = new Intl.Locale(language).maximize();
  return RIGHT_TO_LEFT.has(script);
}

const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm', 'Rohg']);

/** Keeps what `make` made for a name: formatters of Intl are slow to make. They are few, and dropped when there are many. */
export function kept<T>(make: (...args: string[]) => T): (...args: string[]) => T {
  const made = new Map<string, T>();
  return (...args) => {
    const id = args.join('\n');
    let one = made.get(id);
    if (one === undefined) {
      if (made.size > 500) made.clear();
      made.set(id, (one = make(...args)));
    }
    return one;
  };
}
