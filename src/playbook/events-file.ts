import { z } from 'zod';
import { ACTIVITY_KINDS } from '../domain/campaign-activity.ts';
import type { EventType } from '../domain/playbook.ts';
import { mapping, words } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const eventName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$/, 'expected the name of an event such as "page.viewed"');

const activity = mapping({ is: z.enum(ACTIVITY_KINDS), campaign: words, rating: words.exactOptional() });

const events = z.record(
  eventName,
  mapping({ description: words, fromSite: z.boolean().default(false), activity: activity.exactOptional() }),
);

/** Reads events.yaml; null when it has mistakes, which are reported. */
export function readEvents(file: YamlFile): EventType[] | null {
  const read = file.parse(events);
  if (!read) return null;
  return Object.entries(read).map(([event, { description, fromSite, activity }]) => {
    if (fromSite && event.startsWith('email.')) {
      file.report(
        [event, 'fromSite'],
        'the engine itself records what happens to its emails, so a browser may not report it; remove "fromSite"',
      );
    }
    if (activity?.rating !== undefined && activity.is !== 'feedback')
      file.report(
        [event, 'activity', 'rating'],
        'only feedback has a rating; write "is: feedback", or remove "rating"',
      );
    return { event, description, fromSite, ...(activity && { activity }) };
  });
}
