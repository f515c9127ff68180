import type { TemplateSource } from '../../domain/template.ts';
import type { Db, Tx } from '../db.ts';
import type { PlaybookRevision } from '../generated/client.ts';
import { parseCadence } from '../stored/cadence.ts';
import { parsePlaybook } from '../stored/playbook.ts';
import { parseTemplate } from '../stored/template.ts';
import type { Canary, PublishedRules } from './in-force.ts';

/** Number of the newest playbook revision; 0 when nothing was ever published. */
export async function newestRevision(db: Db | Tx): Promise<number> {
  const [row] = await db.$queryRaw<{ number: number | null }[]>`SELECT max(number) AS number FROM playbook_revisions`;
  return row?.number ?? 0;
}

/**
 * A playbook revision with all that belongs to it.
 * @throws AppError STORED_BY_NEWER, PLAYBOOK_INVALID for one that this version of the engine cannot read
 */
export async function readRules(db: Db | Tx, number: number): Promise<PublishedRules> {
  const row = await db.playbookRevision.findUniqueOrThrow({ where: { number } });
  const rules = parsePlaybook(row.rules);
  const [cadences, templates] = [new Map(entriesOf(row.cadences)), new Map(entriesOf(row.templates))];
  const ids = [...cadences.values()];
  const definitions = await db.$queryRaw<{ definition: unknown }[]>`
    SELECT definition FROM cadence_revisions WHERE id = ANY(${ids}) ORDER BY cadence`;
  return {
    revision: number,
    playbook: { ...rules, cadences: definitions.map(({ definition }) => parseCadence(definition)) },
    templates: await readTemplates(db, templates),
    cadences,
    canaries: await readCanaries(db, row.canary),
  };
}

/** As the column `canary` has them: by key of the cadence, the id of its revision and the share. */
async function readCanaries(db: Db | Tx, stored: PlaybookRevision['canary']): Promise<Map<string, Canary>> {
  const shares = Object.entries((stored ?? {}) as Record<string, { revision: string; percent: number }>);
  if (shares.length === 0) return new Map();
  const ids = shares.map(([, { revision }]) => revision);
  const rows = await db.$queryRaw<{ id: string; definition: unknown; templates: Record<string, string> }[]>`
    SELECT id, definition, templates FROM cadence_revisions WHERE id = ANY(${ids})`;
  return new Map(
    shares.flatMap(([key, { revision, percent }]) => {
      const row = rows.find(({ id }) => id === revision);
      if (row === undefined) return [];
      const definition = parseCadence(row.definition);
      return [[key, { revisionId: revision, percent, definition, templates: row.templates }] as const];
    }),
  );
}

/** Templates by the keys that they are asked for under. Two may say the same, and are one row then. */
export async function readTemplates(
  db: Db | Tx,
  hashes: ReadonlyMap<string, string>,
): Promise<Map<string, TemplateSource>> {
  const rows = await db.$queryRaw<{ hash: string; source: unknown }[]>`
    SELECT hash, source FROM template_revisions WHERE hash = ANY(${[...hashes.values()]})`;
  const sources = new Map(rows.map(({ hash, source }) => [hash, parseTemplate(source)]));
  return new Map(
    [...hashes].flatMap(([key, hash]) => {
      const source = sources.get(hash);
      return source === undefined ? [] : [[key, { ...source, key }] as const];
    }),
  );
}

function entriesOf(stored: PlaybookRevision['cadences']): [string, string][] {
  return Object.entries(stored as Record<string, string>);
}
