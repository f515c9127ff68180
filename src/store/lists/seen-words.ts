import type { Db } from '../db.ts';

/** What leads had so far. */
export interface SeenWords {
  /** Of all touches. */
  sources: ReadonlySet<string>;
  /** Names of own fields that leads have. */
  attributes: ReadonlySet<string>;
}

/** No index has them: in a very large database nobody waits for an advice. */
const PATIENCE_MS = 5_000;

/** Null when finding out takes too long. */
export async function readSeenWords(db: Db): Promise<SeenWords | null> {
  return db
    .$transaction(async (tx) => {
      await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = ${PATIENCE_MS}`);
      const sources = await tx.$queryRaw<{ source: string }[]>`
        SELECT DISTINCT source FROM touches WHERE source IS NOT NULL`;
      const attributes = await tx.$queryRaw<{ name: string }[]>`
        SELECT DISTINCT jsonb_object_keys(attributes) AS name FROM leads WHERE attributes <> '{}'`;
      return {
        sources: new Set(sources.map(({ source }) => source)),
        attributes: new Set(attributes.map(({ name }) => name)),
      };
    })
    .catch((error: unknown) => {
      if (error instanceof Error && error.message.includes('statement timeout')) return null;
      throw error;
    });
}
