import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Span } from '../domain/cadence.ts';
import type { Calendar, EventType } from '../domain/playbook.ts';
import { checkKnown } from './context.ts';
import { key, mapping, spanOrNone, words, zone } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const eventName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/, 'expected the name of an event such as "page.viewed"');

const events = z.record(eventName, mapping({ description: words, fromSite: z.boolean().default(false) }));

/** Reads events.yaml; null when it has mistakes, which are reported. */
export function readEvents(file: YamlFile): EventType[] | null {
  const read = file.parse(events);
  if (!read) return null;
  return Object.entries(read).map(([event, { description, fromSite }]) => {
    if (fromSite && event.startsWith('email.')) {
      file.report(
        [event, 'fromSite'],
        'the engine itself records what happens to its emails, so a browser may not report it; remove "fromSite"',
      );
    }
    return { event, description, fromSite };
  });
}

const date = z
  .string()
  .refine(
    (text) => /^\d{4}-\d\d-\d\d$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid,
    'expected a date such as "2026-12-25"',
  );

const calendars = z.record(key, z.array(date));

/** Reads calendars.yaml: holidays by the key of their calendar. Null when it has mistakes, which are reported. */
export function readCalendars(file: YamlFile): Calendar[] | null {
  const read = file.parse(calendars);
  return read && Object.entries(read).map(([calendar, holidays]) => ({ calendar, holidays }));
}

const FUNNEL = ['active inquiry', 'quote sent', 'agreed and invoiced', 'paid', 'delivered'];

const GATHER: Span = { amount: 15, unit: 'minutes' };

/** As a form or a system states them, whatever the case. */
const knownWords = z.array(words).default([]);

const settings = mapping({
  defaultTimeZone: zone,
  wonCadence: key.optional(),
  funnel: z.array(words).min(1, 'expected at least one stage').default(FUNNEL),
  notices: mapping({ gather: spanOrNone.default(GATHER) }).default({ gather: GATHER }),
  productLines: knownWords,
  needTypes: knownWords,
  campaigns: knownWords,
});

/** What settings.yaml says. */
export type Settings = z.output<typeof settings>;

/** Reads settings.yaml; null when it has mistakes, which are reported. */
export function readSettings(file: YamlFile, cadences: ReadonlySet<string>): Settings | null {
  const read = file.parse(settings);
  checkKnown(file, ['wonCadence'], 'cadence', read?.wonCadence, cadences);
  read?.funnel.forEach((stage, i) => {
    if (read.funnel.indexOf(stage) < i) file.report(['funnel', i], `the funnel has "${stage}" already`);
  });
  return read;
}
