/** Finds leads that time alone has brought into a segment ("in 14 days", a score that decays). Events do it at once, see ingest. */
import type { Condition } from '../../domain/condition.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { segmentConditions } from '../../domain/segment.ts';
import { conditionSql } from '../conditions/to-sql.ts';
import { leadNow } from '../clock.ts';
import type { Db, Tx } from '../db.ts';
import { type Lead, Prisma } from '../generated/client.ts';
import { lockLeadsIfFree } from '../lock.ts';
import { announce } from '../outbox.ts';
import { planned } from '../planned.ts';
import { updateRow } from '../rows.ts';
import { entered, entryCadences, type EntryCadence, nameOf, segmentsAwaited } from './segment-entry.ts';

export interface Batch {
  /** The last lead that was looked at; null: there are none after it. */
  last: string | null;
  ringIds: string[];
}

interface Looking {
  after: string;
  limit: number;
  playbook: Playbook;
  realNowMs: number;
}

type Looked = Pick<Lead, 'id' | 'awaiting' | 'entered' | 'stage'>;

/** Looks at the next leads that wait for a segment at a step. */
export async function sweepWaiting(db: Db, looking: Looking): Promise<Batch> {
  return settle(db, await waiting(db, looking), looking);
}

/** Looks at the next leads in the pool without a cadence, if a cadence enrolls by a segment. */
export async function sweepDormant(db: Db, looking: Looking): Promise<Batch> {
  return settle(db, await dormant(db, looking), looking);
}

/**
 * Whether the two would write anything of the next leads at a time, as these leads are now. Null: nothing is asked of them at any time. Writes
 * nothing: for a life that is played ahead of its time, of which many times are asked.
 */
export async function foresight(db: Db, looking: Looking): Promise<((realNowMs: number) => Promise<boolean>) | null> {
  const asking = [await waiting(db, looking), await dormant(db, looking)].filter(
    ({ leads, asked }) => leads.length > 0 && asked.length > 0,
  );
  if (asking.length === 0) return null;
  return async (realNowMs) => {
    for (const seen of asking) {
      if ((await compare(db, seen, { ...looking, realNowMs })).changed.length > 0) return true;
    }
    return false;
  };
}

/** Leads, and what is asked of them. */
interface Seen {
  leads: readonly Looked[];
  asked: readonly Asked[];
  cadences: readonly EntryCadence[];
}

async function waiting(db: Db, looking: Looking): Promise<Seen> {
  const leads = await planned<Looked>(
    db,
    // As the partial index says it.
    Prisma.sql`SELECT id, awaiting, entered, stage FROM leads
      WHERE jsonb_path_exists(awaiting, '$[*].segment') AND id > ${looking.after} ORDER BY id LIMIT ${looking.limit}`,
  );
  const names = [...new Set(leads.flatMap(segmentsAwaited))];
  const asked = names.map((segment): Asked => [nameOf.segment(segment), { segment }]);
  return { leads, asked, cadences: [] };
}

async function dormant(db: Db, looking: Looking): Promise<Seen> {
  const cadences = entryCadences(looking.playbook.cadences);
  if (cadences.length === 0) return { leads: [], asked: [], cadences };
  const leads = await planned<Looked>(
    db,
    Prisma.sql`SELECT id, awaiting, entered, stage FROM leads
      WHERE stage = 'dormant' AND id > ${looking.after} ORDER BY id LIMIT ${looking.limit}`,
  );
  const asked = cadences.map(({ cadence, when }): Asked => [nameOf.cadence(cadence), when]);
  return { leads, asked, cadences };
}

/** A condition and what it is known by: the segment, or the cadence. */
type Asked = readonly [name: string, when: Condition];

async function settle(db: Db, seen: Seen, looking: Looking): Promise<Batch> {
  const { leads, cadences } = seen;
  const last = leads.length < looking.limit ? null : (leads.at(-1)?.id ?? null);
  const { changed, isIn } = await compare(db, seen, looking);
  if (changed.length === 0) return { last, ringIds: [] };
  const ringIds = await db.$transaction((tx) => write(tx, changed, cadences, isIn, looking.realNowMs));
  return { last, ringIds };
}

/** What holds of whom, and the leads whose rows say something else. */
async function compare(
  db: Db,
  { leads, asked, cadences }: Seen,
  looking: Looking,
): Promise<{ changed: string[]; isIn: (id: string, name: string) => boolean }> {
  const ids = leads.map(({ id }) => id);
  const found = new Map<string, ReadonlySet<string>>();
  for (const [name, when] of asked) found.set(name, await idsWhere(db, ids, when, looking));
  const isIn = (id: string, name: string): boolean => found.get(name)?.has(id) === true;
  return { changed: leads.filter((lead) => changes(lead, cadences, isIn)).map(({ id }) => id), isIn };
}

/** Whether what was found differs from what the row says. */
function changes(
  lead: Looked,
  cadences: readonly EntryCadence[],
  isIn: (id: string, name: string) => boolean,
): boolean {
  if (segmentsAwaited(lead).some((segment) => isIn(lead.id, nameOf.segment(segment)))) return true;
  return cadences.some(({ cadence }) => isIn(lead.id, nameOf.cadence(cadence)) !== lead.entered.includes(cadence));
}

async function idsWhere(
  db: Db,
  ids: readonly string[],
  when: Condition,
  { playbook, realNowMs }: Looking,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const moment = { atMs: realNowMs, clock: 'lead', fading: playbook.scoring } as const;
  const { joins, truth } = conditionSql(when, moment, segmentConditions(playbook.segments));
  const rows = await planned<{ id: string }>(
    db,
    Prisma.sql`SELECT l.id FROM leads l ${joins} WHERE l.id = ANY(${[...ids]}) AND ${truth}`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Under the leads' locks, of rows as they are now: an event may have done it meanwhile. Who is locked is looked at in the next round. */
async function write(
  tx: Tx,
  ids: readonly string[],
  cadences: readonly EntryCadence[],
  isIn: (id: string, name: string) => boolean,
  realNowMs: number,
): Promise<string[]> {
  const leads = await lockLeadsIfFree(tx, ids);
  const results = leads.map((lead) => {
    const cause = { atMs: leadNow(lead, realNowMs) };
    return { before: lead, ...entered(lead, cadences, (name) => isIn(lead.id, name), cause) };
  });
  const [ringIds] = await Promise.all([
    announce(
      tx,
      results.flatMap(({ rings }) => rings),
    ),
    ...results.flatMap(({ before, lead }) =>
      lead === before
        ? []
        : [
            updateRow(tx, 'leads', lead.id, {
              awaiting: lead.awaiting,
              triggers: lead.triggers,
              entered: lead.entered,
            }),
          ],
    ),
  ]);
  return ringIds;
}
