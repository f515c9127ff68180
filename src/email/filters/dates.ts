/** `date` and `time`: in the reader's zone and language. What is written without a zone never moves. */
import { filters as liquidFilters } from 'liquidjs';
import { AppError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/did-you-mean.ts';
import { kept, localeIn } from '../locale.ts';
import { asWritten, type MailFilter } from './filter.ts';

const STYLES = ['short', 'medium', 'long', 'full'] as const;
type Style = (typeof STYLES)[number];

/** A moment, and the zone it is shown in: UTC for what was written without one, as its digits stand there. */
interface Moment {
  at: Date;
  zone: string;
  hasTime: boolean;
}

const HAS_ZONE = /(?:\bZ|\dZ|GMT|UTC|[+-]\d{2}:?\d{2}|\b[ECMP][SD]T)\)?\s*$/i;

function momentOf(value: unknown, { zone, now }: { zone: string; now: Date }): Moment | null {
  if (value === 'now') return { at: now, zone, hasTime: true };
  if (value === 'today') return { at: now, zone, hasTime: false };
  if (value instanceof Date) return valid({ at: value, zone, hasTime: true });
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value.trim())))
    return valid({ at: new Date(Number(value) * 1000), zone, hasTime: true });
  if (typeof value !== 'string' || value.trim() === '') return null;
  const text = value.trim();
  const hasTime = /\d:\d/.test(text);
  if (hasTime && HAS_ZONE.test(text)) return valid({ at: new Date(text), zone, hasTime });
  // "2026-12-01T09:00" would be read in the server's zone.
  const digits = /^\d{4}-\d{2}-\d{2}[T ]\d/.test(text) ? `${text.replace(' ', 'T')}Z` : `${text} UTC`;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(text) : new Date(digits);
  return valid({ at, zone: 'UTC', hasTime });
}

function valid(moment: Moment): Moment | null {
  return Number.isNaN(moment.at.getTime()) ? null : moment;
}

const dateIn = kept(
  (language, zone, style) => new Intl.DateTimeFormat(language, { dateStyle: style as Style, timeZone: zone }),
);
const timeIn = kept(
  (language, zone, style) => new Intl.DateTimeFormat(language, { timeStyle: style as Style, timeZone: zone }),
);

function isStyle(format: string): format is Style {
  return (STYLES as readonly string[]).includes(format);
}

/** `%d %b %Y`, as LiquidJS reads it, and by a zone of our choice. */
type DateFilter = (value: Date, ...args: unknown[]) => unknown;
function byLiquid(name: string): MailFilter {
  const filter = (liquidFilters as unknown as Record<string, DateFilter>)[name] as DateFilter;
  return function (value, ...args) {
    const { opts, memoryLimit } = this.context;
    const { language, zone, at } = localeIn(this.context);
    const [format, inZone] = args;
    const moment = momentOf(value, { zone: typeof inZone === 'string' ? inZone : zone, now: at });
    if (moment === null) return value ?? '';
    const shownIn = { opts: { ...opts, locale: language, timezoneOffset: moment.zone }, memoryLimit };
    return filter.call({ context: shownIn }, moment.at, ...(name === 'date' ? [format] : args));
  };
}

const withPattern = byLiquid('date');

const date: MailFilter = function (value, format = 'long', inZone) {
  const pattern = asWritten(format);
  if (pattern.includes('%')) return withPattern.call(this, value, pattern, inZone);
  const { language, zone, at } = localeIn(this.context);
  if (!isStyle(pattern)) throw unknownStyle('date', pattern);
  const moment = momentOf(value, { zone: typeof inZone === 'string' ? inZone : zone, now: at });
  return moment === null ? (value ?? '') : dateIn(language, moment.zone, pattern).format(moment.at);
};

const time: MailFilter = function (value, format = 'short', inZone) {
  const pattern = asWritten(format);
  const { language, zone, at } = localeIn(this.context);
  if (!isStyle(pattern)) throw unknownStyle('time', pattern);
  const moment = momentOf(value, { zone: typeof inZone === 'string' ? inZone : zone, now: at });
  return moment === null || !moment.hasTime ? '' : timeIn(language, moment.zone, pattern).format(moment.at);
};

function unknownStyle(filter: string, style: string): AppError {
  const pattern = filter === 'date' ? ', or a pattern such as "%d %b %Y"' : '';
  return new AppError(
    'TEMPLATE_BROKEN',
    `"${style}" is no style of ${filter}: use ${STYLES.join(', ')}${pattern}${didYouMean(style, STYLES)}`,
  );
}

export const DATE_FILTERS: Readonly<Record<string, MailFilter>> = {
  date,
  time,
  ...Object.fromEntries(
    ['date_to_string', 'date_to_long_string', 'date_to_xmlschema', 'date_to_rfc822'].map((name) => [
      name,
      byLiquid(name),
    ]),
  ),
};
