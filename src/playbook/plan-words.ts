/** The templates that a plan compares: those in force, and the older ones of leads that would get new ones. */
import type { Db } from '../store/db.ts';
import type { ReadRevision } from '../store/process/revisions.ts';
import type { ToPublish } from '../store/rules/publish-revision.ts';
import type { PublishedRules } from '../store/rules/in-force.ts';
import { readTemplates } from '../store/rules/read-rules.ts';
import { type OlderWords, type TemplatePair, wordsChanges, type WordsChange } from './words-diff.ts';

/**
 * What changes in the words of mails.
 * @param before What is in force; null when nothing is.
 * @param revisions Those of leads on the way that would get the new words.
 */
export async function plannedWords(
  db: Db,
  before: PublishedRules | null,
  input: ToPublish,
  revisions: readonly ReadRevision[],
): Promise<WordsChange[]> {
  const inForce = before?.templates ?? new Map<string, never>();
  const older = revisions.flatMap((revision) => olderIn(revision, inForce, input));
  const stored = await readTemplates(db, new Map(older.map(({ key, hash }) => [`${key} ${hash}`, hash])));
  const pairs = [
    ...[...inForce].map(([key, template]) => ({ key, before: template, leads: null })),
    ...older.map(({ key, hash, leads }) => ({ key, before: stored.get(`${key} ${hash}`), leads })),
  ];
  return wordsChanges(
    pairs.flatMap(({ key, before: old, leads }): TemplatePair[] => {
      const after = input.templates.get(key);
      return old === undefined || after === undefined || old.hash === after.hash ? [] : [{ before: old, after, leads }];
    }),
  );
}

/** Templates of a revision that are neither those in force nor those to come. */
function olderIn(
  { cadence, number, templates }: ReadRevision,
  inForce: PublishedRules['templates'],
  input: ToPublish,
): { key: string; hash: string; leads: OlderWords }[] {
  return Object.entries(templates as Record<string, string>).flatMap(([key, hash]) => {
    const now = input.templates.get(key)?.hash;
    if (now === undefined || now === hash || inForce.get(key)?.hash === hash) return [];
    return [{ key, hash, leads: { cadence, revision: number } }];
  });
}
