import { didYouMean } from '../domain/did-you-mean.ts';
import {
  sortMistakes,
  type EventMention,
  type Mention,
  type PlaybookMistake,
  type WordMention,
} from '../language/problems.ts';

/** What was recorded so far, see store/lists/seen-events.ts and seen-words.ts. */
interface Seen {
  types: ReadonlySet<string>;
  properties: ReadonlyMap<string, ReadonlySet<string>>;
  /** Sources of touches. */
  sources: ReadonlySet<string>;
  /** Own fields of leads, without their prefix. */
  attributes: ReadonlySet<string>;
}

/** The engine itself records these. */
const OF_MAIL = 'email.';

/**
 * Events, their properties, sources and own fields of leads that the files speak of and nobody ever sent: most likely the sender calls
 * them otherwise. In a database without any event, but for those of mails, nothing can be said of events; in one without a touch, nothing
 * of sources and fields.
 */
export function neverSeen(mentions: readonly Mention[], seen: Seen): PlaybookMistake[] {
  const events = mentions.filter((one) => 'event' in one);
  const words = mentions.filter((one) => 'what' in one);
  return sortMistakes([...eventsNeverSeen(events, seen), ...wordsNeverSeen(words, seen)]);
}

function eventsNeverSeen(mentions: readonly EventMention[], { types, properties }: Seen): PlaybookMistake[] {
  const ofOthers = new Set([...types].filter((type) => !type.startsWith(OF_MAIL)));
  if (ofOthers.size === 0) return [];
  return mentions.flatMap(({ event, property, at }): PlaybookMistake[] => {
    if (event.startsWith(OF_MAIL)) return [];
    if (!types.has(event)) return property === null ? [{ ...at, message: unseen('event', event, ofOthers) }] : [];
    const known = properties.get(event) ?? new Set();
    if (property === null || known.has(property.split('.')[0] ?? property)) return [];
    return [{ ...at, message: unseen(`property of ${event}`, property, known) }];
  });
}

const WORDS = { source: 'source', attribute: 'own field of leads' } as const;

function wordsNeverSeen(mentions: readonly WordMention[], { sources, attributes }: Seen): PlaybookMistake[] {
  if (sources.size === 0) return [];
  const given = mentions.filter(({ isSet }) => isSet).map(({ word }) => word);
  const known = {
    // Conditions compare without case.
    source: new Set([...sources].map((one) => one.toLowerCase())),
    attribute: new Set([...attributes, ...given]),
  };
  return mentions.flatMap(({ what, word, at }): PlaybookMistake[] =>
    known[what].has(what === 'source' ? word.toLowerCase() : (word.split('.')[0] ?? word))
      ? []
      : [{ ...at, message: unseen(WORDS[what], word, what === 'source' ? sources : known.attribute) }],
  );
}

function unseen(what: string, name: string, seen: ReadonlySet<string>): string {
  const names = [...seen].toSorted();
  const shown =
    names.length === 0
      ? 'there is none so far'
      : `seen are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
  return `the ${what} "${name}" was never seen; ${shown}${didYouMean(name, names)}`;
}
