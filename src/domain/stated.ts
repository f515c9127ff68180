/**
 * A type whose optional properties, at any depth, either have a value or are missing. For a row or a merge, a property that is
 * `undefined` differs from a missing one.
 */
export type Stated<T> = T extends Date
  ? T
  : T extends object
    ? { [K in keyof T]: Stated<Exclude<T[K], undefined>> }
    : T;

/** The object without its `undefined` properties, at its own level only. */
export function stated<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
