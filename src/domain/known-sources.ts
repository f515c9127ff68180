import { isKey } from './history-words.ts';
import type { Playbook } from './playbook.ts';

/** Of sources that the playbook does not name: anybody can state one, and it may be the name of a person. */
const OTHER = 'other';

const bySpelling = new WeakMap<Playbook, ReadonlyMap<string, string>>();

/**
 * A lead's source as search attributes and histories show it: in the spelling of the playbook where one of its conditions names it, else
 * `other`. The database has what was stated.
 */
export function shownSource(source: string | null, playbook: Playbook): string | null {
  if (source === null) return null;
  return knownSources(playbook).get(source.toLowerCase()) ?? OTHER;
}

/** The sources that conditions of the playbook name, by the alphabet. */
export function sourcesOf(playbook: Playbook): string[] {
  return [...knownSources(playbook).values()].toSorted();
}

/** Once for each playbook revision: every word that a condition anywhere in it compares the field `source` with. */
function knownSources(playbook: Playbook): ReadonlyMap<string, string> {
  let known = bySpelling.get(playbook);
  if (known === undefined) {
    known = new Map([...namedIn(playbook)].filter(isKey).map((source) => [source.toLowerCase(), source]));
    bySpelling.set(playbook, known);
  }
  return known;
}

function* namedIn(part: unknown): Generator<string> {
  if (typeof part !== 'object' || part === null) return;
  for (const [name, value] of Object.entries(part)) {
    if (name === 'source') yield* textsIn(value);
    yield* namedIn(value);
  }
}

function* textsIn(matcher: unknown): Generator<string> {
  if (typeof matcher === 'string') yield matcher;
  else if (typeof matcher === 'object' && matcher !== null)
    for (const inner of Object.values(matcher)) yield* textsIn(inner);
}
