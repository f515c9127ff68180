import Table from 'cli-table3';
import type { Config } from '../runtime/config.ts';
import { closeDb, createDb } from '../store/db.ts';
import { listPlaybookRevisions } from '../store/lists/playbook-revisions.ts';

/** Newest first. */
const SHOWN = 50;

export async function playbookList(config: Config): Promise<string> {
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    const revisions = await listPlaybookRevisions(db, null, SHOWN);
    if (revisions.length === 0) return 'No playbook is published yet: `npm run cli -- publish` publishes one.';
    const table = new Table({ head: ['Revision', 'Published', 'By', 'Note'], style: { head: [], border: [] } });
    for (const { number, publishedAt, author, note } of revisions)
      table.push([number, publishedAt.toISOString(), author, note ?? '']);
    return table.toString();
  } finally {
    await closeDb(db);
  }
}
