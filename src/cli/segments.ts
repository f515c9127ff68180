/** Segments from the command line, of the newest published playbook. */
import Table from 'cli-table3';
import { AppError } from '../domain/errors.ts';
import { explainCondition } from '../domain/condition.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Scope } from '../domain/policy.ts';
import type { Config } from '../runtime/config.ts';
import type { Db } from '../store/db.ts';
import { countLeadsWhere, leadIdsWhere } from '../store/lists/segments.ts';
import type { Answer } from './command.ts';
import { publishedPlaybook } from './published-playbook.ts';
import { withDb } from './with-db.ts';

/** Whoever reaches the database sees every lead. */
const ALL: Scope = { kind: 'all' };

/** How many leads are in each segment, or in one. */
export async function segmentCount(config: Config, segment: string | undefined): Promise<Answer> {
  return withPlaybook(config, async (db, playbook) => {
    const asked = segment === undefined ? playbook.segments : [named(playbook, segment)];
    const counts = [];
    for (const one of asked) {
      const leads = await countLeadsWhere(db, one.when, { scope: ALL, realNowMs: Date.now(), playbook });
      counts.push({ segment: one.segment, leads, when: explainCondition(one.when) });
    }
    if (counts.length === 0)
      return { data: counts, text: 'The playbook has no segments: write playbook/segments.yaml.' };
    const table = new Table({ head: ['Segment', 'Leads', 'Who'], style: { head: [], border: [] } });
    for (const { segment: name, leads, when } of counts) table.push([name, leads, when]);
    return { data: counts, text: table.toString() };
  });
}

/** The ids of the newest leads of a segment. */
export async function segmentList(config: Config, segment: string, limit: number): Promise<Answer> {
  return withPlaybook(config, async (db, playbook) => {
    const { when } = named(playbook, segment);
    const ids = await leadIdsWhere(db, when, { scope: ALL, realNowMs: Date.now(), playbook }, null, limit);
    return { data: ids, text: ids.length === 0 ? `Nobody is in ‘${segment}’ now.` : ids.join('\n') };
  });
}

/** @throws AppError NOT_FOUND */
function named({ segments }: Playbook, name: string): Playbook['segments'][number] {
  const found = segments.find(({ segment }) => segment === name.toLowerCase());
  if (found !== undefined) return found;
  const known = segments.map(({ segment }) => segment).join(', ') || 'none';
  throw new AppError('NOT_FOUND', `There is no segment ‘${name}’ in the published playbook; there are: ${known}.`);
}

function withPlaybook<T>(config: Config, work: (db: Db, playbook: Playbook) => Promise<T>): Promise<T> {
  return withDb(config, async (db) => work(db, await publishedPlaybook(db)));
}
