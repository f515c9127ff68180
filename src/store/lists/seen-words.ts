import type { Db } from '../db.ts';
import { withinPatience } from './within-patience.ts';

/** What leads had so far. */
export interface SeenWords {
  /** Of all touches. */
  sources: ReadonlySet<string>;
  /** Names of own fields that leads have. */
  attributes: ReadonlySet<string>;
}

/** Null when finding out takes too long. */
export function readSeenWords(db: Db): Promise<SeenWords | null> {
  return withinPatience(db, async (tx) => {
    const sources = await tx.$queryRaw<{ source: string }[]>`
      SELECT DISTINCT source FROM touches WHERE source IS NOT NULL`;
    const attributes = await tx.$queryRaw<{ name: string }[]>`
      SELECT DISTINCT jsonb_object_keys(attributes) AS name FROM leads WHERE attributes <> '{}'`;
    return {
      sources: new Set(sources.map(({ source }) => source)),
      attributes: new Set(attributes.map(({ name }) => name)),
    };
  });
}
