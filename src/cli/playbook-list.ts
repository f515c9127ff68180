import Table from 'cli-table3';
import type { Config } from '../runtime/config.ts';
import { closeDb, createDb } from '../store/db.ts';
import { listPlaybookRevisions } from '../store/lists/playbook-revisions.ts';
import type { Answer } from './command.ts';

/** Newest first. */
const SHOWN = 50;

export async function playbookList(config: Config): Promise<Answer> {
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    const listed = await listPlaybookRevisions(db, null, SHOWN);
    const revisions = listed.map(({ number, publishedAt, author, note, leadsFollow }) => ({
      number,
      publishedAt,
      author,
      note,
      leadsFollow,
    }));
    if (revisions.length === 0)
      return { data: { revisions }, text: 'No playbook is published yet: `npx nurture publish` publishes one.' };
    const table = new Table({
      head: ['Revision', 'Published', 'By', 'Leads on the way', 'Note'],
      style: { head: [], border: [] },
    });
    for (const { number, publishedAt, author, note, leadsFollow } of revisions)
      table.push([number, publishedAt.toISOString(), author, leadsFollow ?? 'stay', note ?? '']);
    return { data: { revisions }, text: table.toString() };
  } finally {
    await closeDb(db);
  }
}
