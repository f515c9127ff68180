/** What came from the form of the preference page: what it chooses, or what is wrong with it; and its fields as the page shows them. */
import { DateTime } from 'luxon';
import { zoneOfLead } from '../domain/lead-zone.ts';
import { FREQUENCIES } from '../domain/preferences.ts';
import { TRACKING } from '../domain/tracking.ts';
import { LANGUAGE_NAMES } from '../email/words/languages.ts';
import type { Words } from '../email/words/words.ts';
import { leadNow } from '../store/clock.ts';
import type { MailChoice } from '../store/consent/choose-mail.ts';
import type { Reader } from '../store/lists/sends.ts';
import type { PublishedRules } from '../store/rules/in-force.ts';
import { topicsFor } from './topics.ts';

const SNOOZE_DAYS = [30, 90] as const;
/** A pause to a day is within two years. */
export const LONGEST_PAUSE = { years: 2 } as const;

/** The fields as they were posted. */
export type Posted = Readonly<Record<string, unknown>>;

export const listed = (posted: Posted, name: string): unknown[] => [posted[name]].flat();

/** A day that a browser's field for dates gives; anything else is empty. */
export function dayIn({ until }: Posted): string {
  return typeof until === 'string' && /^\d{4,6}-\d\d-\d\d$/.test(until) ? until : '';
}

/** What the form chooses, or in words for its reader what is wrong with it. Fields that did not come are left out. */
export function choiceOf(
  posted: Posted,
  t: Words['preferences'],
  lead: Reader['lead'],
  { rules, isTracked, realNowMs }: { rules: PublishedRules; isTracked: boolean; realNowMs: number },
): MailChoice | { problem: string } {
  const frequency = FREQUENCIES.find((one) => one === posted['frequency']);
  const { language } = posted;
  const isKnown = typeof language === 'string' && Object.hasOwn(LANGUAGE_NAMES, language);
  // The page has an empty one for who chose none yet.
  const isStrange = language !== undefined && language !== '' && !isKnown;
  if (isStrange || (frequency === undefined && posted['frequency'] !== undefined)) return { problem: t.wrongChoice };
  const zone = zoneOfLead(lead, rules.playbook.defaultTimeZone);
  const now = DateTime.fromMillis(leadNow(lead, realNowMs), { zone });
  const snooze = snoozeOf(posted, t, now, lead.snoozedUntil);
  if (snooze !== null && 'problem' in snooze) return snooze;
  return {
    topics: topicsIn(posted, t, lead, { rules, isTracked }),
    ...(frequency === undefined ? {} : { frequency: frequency === 'all' ? null : frequency }),
    ...(snooze === null ? {} : { snoozedUntil: snooze.until }),
    ...(isKnown && language !== lead.language?.slice(0, 2) ? { language } : {}),
  };
}

function topicsIn(
  posted: Posted,
  t: Words['preferences'],
  lead: Reader['lead'],
  { rules, isTracked }: { rules: PublishedRules; isTracked: boolean },
): MailChoice['topics'] {
  const [shown, ticked] = [listed(posted, 'shown'), listed(posted, 'topic')];
  const topics = topicsFor(rules, lead.language)
    .filter(({ topic }) => shown.includes(topic))
    .map(({ topic, name }) => {
      const wanted = ticked.includes(topic);
      return { topic, wanted, text: wanted ? t.consent(name) : t.refusal(name) };
    });
  const tracked = ticked.includes(TRACKING);
  if (shown.includes(TRACKING) && tracked !== isTracked)
    topics.push({
      topic: TRACKING,
      wanted: tracked,
      text: tracked ? t.consent(t.trackingLabel) : t.refusal(t.trackingLabel),
    });
  if (isTracked && posted['untracked'] === 'yes')
    topics.push({ topic: TRACKING, wanted: false, text: t.consent(t.trackingObjection) });
  return topics;
}

/** Null: as it is. A day that was filled in counts also where the choice above it was left as the page came. */
function snoozeOf(
  posted: Posted,
  t: Words['preferences'],
  now: DateTime,
  snoozedUntil: Date | null,
): { until: Date | null } | { problem: string } | null {
  const { snooze, until } = posted;
  const isSnoozed = snoozedUntil !== null && snoozedUntil > now.startOf('day').toJSDate();
  const isLeft = snooze === undefined || snooze === (isSnoozed ? 'keep' : 'none');
  const hasDay = until !== undefined && until !== '';
  if (snooze === 'until' || (hasDay && isLeft)) {
    const day = typeof until === 'string' ? DateTime.fromISO(until, { zone: now.zone }).startOf('day') : null;
    const isFar = day === null || day > now.plus(LONGEST_PAUSE).plus({ days: 1 });
    return isFar || !day.isValid || day <= now ? { problem: t.wrongDate } : { until: day.toJSDate() };
  }
  if (hasDay) return { problem: t.pauseOrDay };
  if (snooze === 'none') return { until: null };
  if (snooze === undefined || snooze === 'keep') return null;
  const days = SNOOZE_DAYS.find((one) => String(one) === snooze);
  return days === undefined ? { problem: t.wrongChoice } : { until: now.plus({ days }).startOf('day').toJSDate() };
}

/** The choices of a pause; `posted`: what the reader chose, where it is shown again. */
export function snoozesFor(
  t: Words['preferences'],
  { snoozed, zone, lang }: { snoozed: Date | null; zone: string; lang: string },
  posted: Posted | undefined,
): { value: string; name: string; on: boolean }[] {
  const until =
    snoozed === null ? null : DateTime.fromJSDate(snoozed, { zone }).setLocale(lang).toLocaleString(DateTime.DATE_FULL);
  const choices = [
    ...(until === null ? [] : [{ value: 'keep', name: t.keepPause(until) }]),
    { value: 'none', name: t.noPause },
    ...SNOOZE_DAYS.map((days) => ({ value: String(days), name: t.days(days) })),
    { value: 'until', name: t.until },
  ];
  const chosen = choices.find(({ value }) => value === posted?.['snooze']) ?? choices[0];
  return choices.map((choice) => ({ ...choice, on: choice === chosen }));
}

export function languagesFor(
  t: Words['preferences'],
  language: string | null,
  posted: Posted | undefined,
): { language: string; name: string; on: boolean }[] {
  const asked = posted?.['language'];
  const chosen = typeof asked === 'string' ? asked : (language?.slice(0, 2).toLowerCase() ?? '');
  const known = Object.entries(LANGUAGE_NAMES).map(([tag, name]) => ({ language: tag, name, on: tag === chosen }));
  return known.some(({ on }) => on) ? known : [{ language: '', name: t.anyLanguage, on: true }, ...known];
}
