import type { Db } from '../db.ts';
import { withinPatience } from './within-patience.ts';

/** What was recorded of events so far. */
export interface SeenEvents {
  types: ReadonlySet<string>;
  /** The names of properties, by type: of the events looked at. */
  properties: ReadonlyMap<string, ReadonlySet<string>>;
}

/** So many events of a type are looked at for the names of their properties. */
const LOOKED_AT = 2_000;

/** The types of all events, and the properties of those of the given types. Null when finding out takes too long. */
export function readSeenEvents(db: Db, typesWithProperties: readonly string[]): Promise<SeenEvents | null> {
  return withinPatience(db, async (tx) => {
    const types = await tx.$queryRaw<{ type: string }[]>`SELECT DISTINCT type FROM events`;
    const properties = await tx.$queryRaw<{ type: string; names: string[] }[]>`
      SELECT wanted.type, array_agg(DISTINCT name) AS names
      FROM unnest(${[...typesWithProperties]}::text[]) AS wanted(type)
      CROSS JOIN LATERAL (SELECT properties FROM events e WHERE e.type = wanted.type LIMIT ${LOOKED_AT}) AS found
      CROSS JOIN LATERAL jsonb_object_keys(found.properties) AS name
      GROUP BY wanted.type`;
    return {
      types: new Set(types.map(({ type }) => type)),
      properties: new Map(properties.map(({ type, names }) => [type, new Set(names)])),
    };
  });
}
