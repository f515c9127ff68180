/** After a backup of the database was put back: what the processes know and the database does not, held and listed. */
import { Client } from '@temporalio/client';
import { countOf } from '../domain/count-of.ts';
import type { Config } from '../runtime/config.ts';
import { reconcileAfterRestore, type Reconciliation } from '../relay/after-restore.ts';
import { closeDb, createDb } from '../store/db.ts';
import { migrate } from '../store/migrations/migrate.ts';
import { connectTemporal } from '../temporal/connect.ts';

/** @throws AppError UNAVAILABLE */
export async function afterRestore(config: Config): Promise<Reconciliation> {
  const { namespace, taskQueue } = config.temporal;
  await migrate(config.databaseUrl);
  const db = createDb(config.databaseUrl);
  const connection = await connectTemporal(config.temporal);
  try {
    return await reconcileAfterRestore({ db, client: new Client({ connection, namespace }), namespace, taskQueue });
  } finally {
    await connection.close();
    await closeDb(db);
  }
}

export function describeReconciliation({ databaseIsOf, compared, held, unknown }: Reconciliation): string {
  return [
    `The newest entry of the database is of ${databaseIsOf?.toISOString() ?? 'never'}; ${countOf(compared, 'lead')} ${compared === 1 ? 'was' : 'were'} compared with the processes.`,
    `${countOf(held.length, 'lead')} ${held.length === 1 ? 'was' : 'were'} held, because the process knows more than the database:`,
    ...held.map(({ leadId, reason }) => `  ${leadId}  ${reason}`),
    `${countOf(unknown.length, 'lead')} ${unknown.length === 1 ? 'is' : 'are'} known only to Temporal:`,
    ...unknown.map(({ leadId, detail }) => `  ${leadId}  ${detail}`),
    'GET /v1/attention lists them. You can start the API and the workers now.',
  ].join('\n');
}
