/**
 * What was stated, at any depth: an optional property is there with a value or not at all. To a row or a merge, a property
 * that is `undefined` is not the same as one that is not there.
 */
export type Stated<T> = T extends Date | readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]: Stated<Exclude<T[K], undefined>> }
    : T;

/** The object without its properties that are `undefined`; only its own level is looked at. */
export function stated<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
