/** Rolling back: the content of an earlier playbook revision, to be published again. */
import { AppError } from '../domain/errors.ts';
import type { Db } from '../store/db.ts';
import { cadencesInForce } from '../store/rules/canaries.ts';
import type { ToPublish } from '../store/rules/publish-revision.ts';
import { newestRevision, readRules } from '../store/rules/read-rules.ts';

/** @throws AppError NOT_FOUND; STORED_BY_NEWER, PLAYBOOK_INVALID for a revision that this version of the engine cannot read */
export async function contentOfRevision(db: Db, number: number): Promise<ToPublish> {
  const newest = await newestRevision(db);
  if (number < 1 || number > newest)
    throw new AppError('NOT_FOUND', `There is no playbook revision ${number}: the newest is ${newest}.`);
  const rules = await readRules(db, number);
  // As it pinned them: while a canary ran, the templates of the revision were those of the canary.
  const cadences = await db.$transaction((tx) => cadencesInForce(tx, [...rules.cadences.values()]));
  return {
    playbook: { ...rules.playbook, cadences: cadences.map(({ cadence }) => cadence) },
    templates: rules.templates,
    cadences,
  };
}
