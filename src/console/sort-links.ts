/** Tables that are put in order by links in their heads: the order stands in the address, so it needs no script. */
import { html } from 'hono/html';
import type { Html } from './layout.ts';

export interface Sorting<Key extends string> {
  by: Key;
  down: boolean;
}

/** From a word of an address: `since`, or `-since` for the other way round. Anything else is `first`. */
export function sortingOf<Key extends string>(word: unknown, keys: readonly Key[], first: Sorting<Key>): Sorting<Key> {
  if (typeof word !== 'string') return first;
  const down = word.startsWith('-');
  const by = keys.find((key) => key === word.slice(down ? 1 : 0));
  return by === undefined ? first : { by, down };
}

export function sortWord({ by, down }: Sorting<string>): string {
  return `${down ? '-' : ''}${by}`;
}

interface Head<Key extends string> {
  key: Key;
  title: string;
  /** Large numbers first, when it is chosen. */
  down?: boolean;
  isNumber?: boolean;
}

/** The head of a column. A second press turns the order round. `pathOf`: the page in another order. */
export function sortHead<Key extends string>(
  { key, title, down = false, isNumber = false }: Head<Key>,
  now: Sorting<Key>,
  pathOf: (word: string) => string,
): Html {
  const isChosen = now.by === key;
  const next = sortWord({ by: key, down: isChosen ? !now.down : down });
  const order = isChosen ? (now.down ? 'descending' : 'ascending') : 'none';
  return html`<th scope="col" class="${isNumber ? 'number' : ''}" aria-sort="${order}">
    <a href="${pathOf(next)}"
      >${title}${isChosen ? html`<span aria-hidden="true"> ${now.down ? '↓' : '↑'}</span>` : ''}</a
    >
  </th>`;
}
