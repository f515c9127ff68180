import { distance } from 'fastest-levenshtein';

/** The known name that was probably meant; null when none is similar. Upper and lower case make no difference. */
export function nearest(written: string, known: Iterable<string>): string | null {
  let best: { name: string; distance: number } | null = null;
  for (const name of known) {
    const apart = distance(written.toLowerCase(), name.toLowerCase());
    // Two swapped letters count as two changes. Names of five letters or more may have that many.
    // A name of one letter is similar to every name.
    const most = name.length < 2 ? 0 : Math.max(1, Math.floor(name.length * 0.4));
    if (apart <= most && (best === null || apart < best.distance)) best = { name, distance: apart };
  }
  return best?.name ?? null;
}

/** `; did you mean "days"?`, or an empty text when no name is similar. */
export function didYouMean(written: string, known: Iterable<string>): string {
  const name = nearest(written, known);
  return name === null ? '' : `; did you mean "${name}"?`;
}

/** `; known: a, b`: for lists short enough to be read. */
export function knownAre(known: Iterable<string>): string {
  const names = [...known];
  return names.length === 0 || names.length > 12 ? '' : `; known: ${names.join(', ')}`;
}

/** A hint for an unknown name: the most similar known name, else all known names. */
export function hintFor(written: string, known: Iterable<string>): string {
  const names = [...known];
  return didYouMean(written, names) || knownAre(names);
}
