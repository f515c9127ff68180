import Table from 'cli-table3';
import { minuteInUtc } from '../domain/when.ts';
import type { Config } from '../runtime/config.ts';
import { type RunWithoutRevision, runsWithoutRevision } from '../store/bulk/without-revision.ts';
import { closeDb, createDb } from '../store/db.ts';
import { listPlaybookRevisions, type ListedPlaybookRevision } from '../store/lists/playbook-revisions.ts';
import { nameInSentence, readNames } from '../store/lists/names.ts';
import type { Answer } from './command.ts';

/** Newest first. */
const SHOWN = 50;

/** The revisions, and between them the runs of a `publish --migrate` or `--amend` that found nothing new in the files. */
export async function playbookList(config: Config): Promise<Answer> {
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    const listed = await listPlaybookRevisions(db, null, SHOWN);
    const revisions = listed.map(({ number, publishedAt, author, note, leadsFollow, hash }) => ({
      number,
      publishedAt,
      author,
      note,
      leadsFollow,
      sameAs: listed.findLast((other) => other.hash === hash && other.number < number)?.number ?? null,
    }));
    if (revisions.length === 0)
      return { data: { revisions }, text: 'No playbook is published yet: `npx nurture publish` publishes one.' };
    const runs = await runsWithoutRevision(db, SHOWN);
    const names = await readNames(db, [
      ...revisions.map(({ author }) => author),
      ...runs.map(({ startedBy }) => startedBy),
    ]);
    const called = (handle: string): string => nameInSentence(handle, names);
    const table = new Table({
      head: ['Playbook revision', 'Published', 'By', 'Leads on the way', 'Note'],
      style: { head: [], border: [] },
    });
    const rows = [
      ...revisions.map((one) => ofRevision(one, called)),
      ...runs.map((one) => ofRun(one, called)),
    ].toSorted((a, b) => b.at.getTime() - a.at.getTime());
    for (const { row } of rows.slice(0, SHOWN)) table.push(row);
    return { data: { revisions, runs }, text: table.toString() };
  } finally {
    await closeDb(db);
  }
}

interface Row {
  at: Date;
  row: string[];
}

interface ShownRevision extends Pick<
  ListedPlaybookRevision,
  'number' | 'publishedAt' | 'author' | 'note' | 'leadsFollow'
> {
  /** The earliest one listed that says the same, as after a roll back. */
  sameAs: number | null;
}

/** What whoever has a handle is called; a name of the terminal stays as it is. */
type Called = (handle: string) => string;

function ofRevision({ number, publishedAt, author, note, leadsFollow, sameAs }: ShownRevision, called: Called): Row {
  const notes = [
    ...(sameAs === null ? [] : [`the same as playbook revision ${sameAs}`]),
    ...(note === null ? [] : [note]),
  ];
  return {
    at: publishedAt,
    row: [String(number), minuteInUtc(publishedAt), called(author), leadsFollow ?? 'stay', notes.join('; ')],
  };
}

function ofRun({ id, kind, cadence, startedAt, startedBy }: RunWithoutRevision, called: Called): Row {
  const what = cadence === null ? kind : `${kind} of ‘${cadence}’`;
  return { at: startedAt, row: ['none new', minuteInUtc(startedAt), called(startedBy), what, id] };
}
