import { AppError } from '../domain/errors.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Db } from '../store/db.ts';
import { newestRevision } from '../store/rules/read-rules.ts';
import { readRulesInForce } from '../store/rules/with-written.ts';

/** The playbook in force, with the campaigns of the API. @throws AppError PLAYBOOK_UNPUBLISHED, with what to do */
export async function publishedPlaybook(db: Db): Promise<Playbook> {
  const newest = await newestRevision(db);
  if (newest === 0)
    throw new AppError('PLAYBOOK_UNPUBLISHED', 'No playbook is published yet: `npx nurture publish` publishes one.');
  return (await readRulesInForce(db, newest)).playbook;
}
