import { z } from 'zod';
import type { EventType } from '../domain/playbook.ts';
import { mapping, words } from '../language/schemas.ts';
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
