/** The day of return that an out-of-office names. */

const DAY = 86_400_000;
/** A later day is more likely misread, or nobody waits for it. */
const LONGEST_ABSENCE = 60 * DAY;

const MONTHS: Readonly<Record<string, number>> = {
  jan: 1,
  feb: 2,
  mar: 3,
  mär: 3,
  mrz: 3,
  apr: 4,
  may: 5,
  mai: 5,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  oct: 10,
  okt: 10,
  nov: 11,
  dec: 12,
  dez: 12,
};

const MONTH = String.raw`(?<month>jan(?:uar[y]?)?|feb(?:ruar[y]?)?|mar(?:ch)?|mär(?:z)?|mrz|apr(?:il)?|may|mai|jun[ei]?|jul[iy]?|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\.?`;
const YEAR = String.raw`(?:,?\s*(?<year>20\d\d))?`;

/** `12/07/2026` is December in one country and July in another: only a day above 12 tells. */
const DATES = [
  String.raw`(?<year>20\d\d)-(?<number>\d\d)-(?<day>\d\d)`,
  String.raw`(?<day>\d{1,2})\.\s?(?<number>\d{1,2})\.(?<year>20\d\d|\d\d(?!\d))?`,
  String.raw`(?<day>\d{1,2})(?:\.|st|nd|rd|th)?(?: of)?\s+${MONTH}${YEAR}`,
  String.raw`${MONTH}\s+(?<day>\d{1,2})(?:st|nd|rd|th)?${YEAR}`,
  String.raw`(?<day>1[3-9]|2\d|3[01])/(?<number>\d{1,2})/(?<year>20\d\d)`,
  String.raw`(?<number>\d{1,2})/(?<day>1[3-9]|2\d|3[01])/(?<year>20\d\d)`,
].map((date) => new RegExp(`^${date}`, 'iu'));

const WEEKDAY = String.raw`(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|(?:mo|di|mi|do|fr|sa|so)\b\.?),?\s*`;
const BETWEEN = String.raw`(?:\s*(?:and including|including|inclusive|einschlie(?:ß|ss)lich|inkl\.?|zum|dem|den|on|the|am|ab|vom|from|in the office|erreichbar|im b[üu]ro|da|office)\b|\s*[:(]|\s*${WEEKDAY})*\s*`;
/** The last day away; the first day back. */
const LAST_DAY = new RegExp(String.raw`\b(?:until|till|through|thru|bis)\b${BETWEEN}`, 'giu');
const FIRST_DAY = new RegExp(String.raw`\b(?:back|return(?:ing)?|wieder|zur(?:ü|ue)ck|erreichbar)\b${BETWEEN}`, 'giu');

/** No more is looked at: what matters stands at the beginning. */
const MOST_CHARACTERS = 4_000;

/**
 * Midnight (UTC) of the day on which the writer is back; null when none is named, or it is past, or more than 60 days away. Reads English
 * and German.
 */
export function returnDateIn(text: string, receivedMs: number): number | null {
  const words = text.slice(0, MOST_CHARACTERS).replaceAll(/\s+/g, ' ');
  const back = daysAfter(FIRST_DAY, words, receivedMs);
  const found = back.length > 0 ? back : daysAfter(LAST_DAY, words, receivedMs).map((ms) => ms + DAY);
  const days = found.filter((ms) => ms > receivedMs && ms - receivedMs <= LONGEST_ABSENCE);
  return days.length === 0 ? null : Math.max(...days);
}

function daysAfter(before: RegExp, words: string, receivedMs: number): number[] {
  return [...words.matchAll(before)].flatMap(({ 0: match, index }) => {
    const rest = words.slice(index + match.length, index + match.length + 40);
    const groups = DATES.map((date) => date.exec(rest)?.groups).find((one) => one !== undefined);
    return groups === undefined ? [] : (dayOf(groups, receivedMs) ?? []);
  });
}

/** Without a year it is the next such day. */
function dayOf(groups: Readonly<Record<string, string | undefined>>, receivedMs: number): number | null {
  const day = Number(groups['day']);
  const month = groups['number'] === undefined ? monthNamed(groups['month'] ?? '') : Number(groups['number']);
  const given = groups['year'];
  const thisYear = new Date(receivedMs).getUTCFullYear();
  const year = given === undefined ? thisYear : Number(given.length === 2 ? `20${given}` : given);
  const at = utcDay(year, month, day);
  if (at === null) return null;
  return given === undefined && at < receivedMs - DAY ? utcDay(year + 1, month, day) : at;
}

function monthNamed(name: string): number {
  return MONTHS[name.toLowerCase().slice(0, 3)] ?? 0;
}

/** Null for a day that does not exist. */
function utcDay(year: number, month: number, day: number): number | null {
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.getTime() : null;
}
