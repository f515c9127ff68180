/** Rolling back: the content of an earlier playbook revision, to be published again. */
import { AppError } from '../domain/errors.ts';
import type { Db } from '../store/db.ts';
import type { ToPublish } from '../store/rules/publish-revision.ts';
import { newestRevision, readRules } from '../store/rules/read-rules.ts';
import { toPublish } from './publish.ts';

/** @throws AppError NOT_FOUND; STORED_BY_NEWER, PLAYBOOK_INVALID for a revision that this version of the engine cannot read */
export async function contentOfRevision(db: Db, number: number): Promise<ToPublish> {
  const newest = await newestRevision(db);
  if (number < 1 || number > newest)
    throw new AppError('NOT_FOUND', `There is no playbook revision ${number}: the newest is ${newest}.`);
  return toPublish(await readRules(db, number));
}
