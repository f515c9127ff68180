import { PERSON_ID } from '../../domain/timeline.ts';
import type { Tx } from '../db.ts';

/** What a rep, a user or an API key is called. */
export interface Named {
  id: string;
  kind: 'rep' | 'user' | 'key';
  /** A rep's key in the playbook. */
  key: string | null;
  name: string;
}

/** The names of reps, users and API keys, by id; ids of anything else are left out. In one statement. */
export async function readNames(tx: Tx, ids: Iterable<string>): Promise<Map<string, Named>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await tx.$queryRaw<Named[]>`
    SELECT id, 'rep' AS kind, key, name FROM reps WHERE id = ANY(${wanted})
    UNION ALL SELECT id, 'user', NULL, name FROM users WHERE id = ANY(${wanted})
    UNION ALL SELECT id, 'key', NULL, name FROM api_keys WHERE id = ANY(${wanted})`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** Sentences with the names of people in place of their ids. Without an id in them nothing is read. */
export async function withNames(tx: Tx, sentences: readonly string[]): Promise<string[]> {
  const names = await readNames(
    tx,
    sentences.flatMap((sentence) => sentence.match(PERSON_ID) ?? []),
  );
  return sentences.map((sentence) => sentence.replaceAll(PERSON_ID, (id) => names.get(id)?.name ?? id));
}

/** In a sentence. */
export function nameInSentence(id: string, names: ReadonlyMap<string, Named>): string {
  const named = names.get(id);
  return named === undefined ? id : calledInSentence(named);
}

/** The same of who is known with their name. */
export function calledInSentence({ kind, name }: { kind: string; name: string }): string {
  return kind === 'key' ? `API key ‘${keyInWords(name)}’` : name;
}

/** A key of the environment is called as its variable is: "admin" for ADMIN_API_KEY. */
function keyInWords(name: string): string {
  const [, what] = /^([A-Z0-9_]+)_API_KEY$/.exec(name) ?? [];
  return what?.toLowerCase().replaceAll('_', ' ') ?? name;
}
