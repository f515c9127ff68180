import { AppError } from '../domain/errors.ts';
import { publishRead } from '../playbook/publish.ts';
import type { Config } from '../runtime/config.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';
import { newestRevision, readRules } from '../store/rules/read-rules.ts';

/**
 * Publishes in `db` what the real database has as playbook revision `number`. The real database is only read.
 * @throws AppError NOT_FOUND, STORED_BY_NEWER, UNAVAILABLE
 */
export async function publishCopy(config: Config, db: Db, number: number): Promise<void> {
  const real = createDb(config.databaseUrl, { max: 1 });
  try {
    const newest = await newestRevision(real);
    if (number < 1 || number > newest) throw new AppError('NOT_FOUND', unknownRevision(number, newest));
    const { playbook, templates } = await readRules(real, number);
    await publishRead({ playbook, templates }, db, { author: 'simulation' });
  } finally {
    await closeDb(real);
  }
}

function unknownRevision(number: number, newest: number): string {
  const there = newest === 0 ? 'none is published' : `the newest is ${newest}`;
  return `There is no playbook revision ${number}: ${there}. Without --revision the files of the folder are simulated.`;
}
