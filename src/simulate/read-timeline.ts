import type { StoryEntry } from '../domain/story.ts';
import { PERSON_ID, titleOf, type TimelineEntry } from '../domain/timeline.ts';
import { STEP_KINDS } from '../steps/kinds.ts';
import { readNames } from '../store/lists/names.ts';
import type { PageEnd } from '../store/lists/page-end.ts';
import { timelinePage, type TimelineRow } from '../store/lists/timeline.ts';
import type { World } from './world.ts';

const PAGE = 500;

/** The whole timeline of a lead in words, oldest first. */
export async function readTimeline({ db, store }: World, leadId: string): Promise<StoryEntry[]> {
  const stepsToldBySends = STEP_KINDS.filter(({ position }) => position.toldBy === 'send').map(({ kind }) => kind);
  const rows: TimelineRow[] = [];
  for (let after: PageEnd | null = null; ;) {
    const page = await timelinePage(db, { leadId, order: 'asc', stepsToldBySends, after, limit: PAGE });
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    after = { at: last.at, key: last.key };
  }
  const people = await readNames(db, JSON.stringify(rows).match(PERSON_ID) ?? []);
  const labels = new Map(store.rules.current().playbook.reasons.map(({ reason, label }) => [reason, label]));
  const names = {
    person: (id: string) => people.get(id)?.name ?? id,
    reason: (key: string) => labels.get(key) ?? key,
  };
  return rows.map((row) => ({ ...row, at: row.at.toISOString(), title: titleOf(entryOf(row), row.actor, names) }));
}

/** The query writes `data` in the shape of its kind. */
function entryOf({ kind, action, data }: TimelineRow): TimelineEntry {
  return (kind === 'change' ? { kind, action, data } : { kind, data }) as unknown as TimelineEntry;
}
