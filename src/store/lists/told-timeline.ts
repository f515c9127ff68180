/** Entries of the timeline in words, with the names of people. */
import type { Playbook } from '../../domain/playbook.ts';
import { PERSON_ID, titleOf } from '../../domain/timeline.ts';
import type { Names, TimelineEntry } from '../../domain/timeline-entry.ts';
import type { Tx } from '../db.ts';
import { type Named, nameInSentence, readNames } from './names.ts';
import type { TimelineRow } from './timeline.ts';

export type ToldRow = TimelineRow & { title: string };

/** The rows with their titles, and the people and keys whose ids occur in them, by id. */
export async function tellTimeline(
  tx: Tx,
  rows: readonly TimelineRow[],
  playbook: Pick<Playbook, 'reasons' | 'events'>,
): Promise<{ told: ToldRow[]; people: Map<string, Named> }> {
  const people = await readNames(tx, peopleIn(rows));
  const names = { person: (id: string) => nameInSentence(id, people), ...playbookNames(playbook) };
  return { told: rows.map((row) => ({ ...row, title: titleOf(entryOf(row), row.actor, names) })), people };
}

/** What the playbook calls reasons and events. */
export function playbookNames({
  reasons,
  events,
}: Pick<Playbook, 'reasons' | 'events'>): Pick<Names, 'reason' | 'events'> {
  const labels = new Map(reasons.map(({ reason, label }) => [reason, label]));
  return { reason: (key) => labels.get(key) ?? key, events };
}

/** The query writes `data` in the shape of its kind; audit rows were written through the same types. */
function entryOf({ kind, action, data }: TimelineRow): TimelineEntry {
  return (kind === 'change' ? { kind, action, data } : { kind, data }) as unknown as TimelineEntry;
}

/** The people and keys whose ids occur in the entries. */
function peopleIn(rows: readonly TimelineRow[]): string[] {
  return rows.flatMap(({ kind, actor, data }) => [
    actor,
    ...(kind === 'change' ? (JSON.stringify(data).match(PERSON_ID) ?? []) : []),
  ]);
}
