import type { StoryEntry } from '../domain/story.ts';
import { PERSON_ID, titleOf } from '../domain/timeline.ts';
import type { TimelineEntry } from '../domain/timeline-entry.ts';
import { STEP_KINDS } from '../steps/kinds.ts';
import { readNames } from '../store/lists/names.ts';
import type { PageEnd } from '../store/lists/page-end.ts';
import { playbookNames } from '../store/lists/told-timeline.ts';
import { timelinePage, type TimelineRow } from '../store/lists/timeline.ts';
import type { World } from './world.ts';

const PAGE = 500;

/** The whole timeline of a lead in words, oldest first; times in its zone. */
export async function readTimeline({ db, store }: World, leadId: string, zone: string): Promise<StoryEntry[]> {
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
  const names = {
    person: (id: string) => people.get(id)?.name ?? id,
    ...playbookNames(store.rules.current().playbook),
    zone,
  };
  return rows.flatMap((row) => {
    if (isHowItIsPlayed(row)) return [];
    const title = titleOf(entryOf(asPlayed(row)), row.actor, { ...names, nowMs: row.at.getTime() }).replace(
      REVISION,
      '',
    );
    return [{ ...row, at: row.at.toISOString(), title }];
  });
}

/** Whom commands are by that put a persona into the cadence that is simulated. */
export const SIMULATION = 'simulation';

/** Of the database that the life is played in, where each revision is the first. */
const REVISION = / \(revision \d+\)/;

/** The persona was made to wait for its cadence, and went on: nothing of it happens to a lead. */
function isHowItIsPlayed({ action, actor }: TimelineRow): boolean {
  return action === 'lead.resumed' && actor === SIMULATION;
}

function asPlayed(row: TimelineRow): TimelineRow {
  const { action, data } = row;
  if (action !== 'enrollment.started' || data['because'] !== `by ${SIMULATION}`) return row;
  return { ...row, data: { ...data, because: 'put there by hand, as this cadence is simulated' } };
}

/** The query writes `data` in the shape of its kind. */
function entryOf({ kind, action, data }: TimelineRow): TimelineEntry {
  return (kind === 'change' ? { kind, action, data } : { kind, data }) as unknown as TimelineEntry;
}
