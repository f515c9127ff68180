import { didYouMean } from '../domain/did-you-mean.ts';
import { sortMistakes, type EventMention, type PlaybookMistake } from '../language/problems.ts';

/** What was recorded so far, see store/lists/seen-events.ts. */
interface Seen {
  types: ReadonlySet<string>;
  properties: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The engine itself records these. */
const OF_MAIL = 'email.';

/**
 * Events and properties that the files speak of and nobody ever sent: most likely the sender calls them otherwise. In a database without
 * any event, but for those of mails, nothing can be said.
 */
export function neverSeen(mentions: readonly EventMention[], { types, properties }: Seen): PlaybookMistake[] {
  if ([...types].every((type) => type.startsWith(OF_MAIL))) return [];
  const told = mentions.flatMap(({ event, property, at }): PlaybookMistake[] => {
    if (event.startsWith(OF_MAIL)) return [];
    if (!types.has(event)) return property === null ? [{ ...at, message: unseen('event', event, types) }] : [];
    const known = properties.get(event) ?? new Set();
    if (property === null || known.has(property.split('.')[0] ?? property)) return [];
    return [{ ...at, message: unseen(`property of ${event}`, property, known) }];
  });
  return sortMistakes(told);
}

function unseen(what: string, name: string, seen: ReadonlySet<string>): string {
  const names = [...seen].filter((one) => !one.startsWith(OF_MAIL)).toSorted();
  const shown =
    names.length === 0
      ? 'it has none so far'
      : `seen are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
  return `the ${what} "${name}" was never seen; ${shown}${didYouMean(name, names)}`;
}
