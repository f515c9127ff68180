/** Reads all leads of some stages piece by piece, with what scoring asks about: for a plan, a large number of leads in little time. */
import type { Asked } from '../../domain/fields/asked.ts';
import type { ReplayRules, ScorePast } from '../../domain/score-replay.ts';
import type { Fading } from '../../domain/score.ts';
import type { Stage } from '../../domain/stage.ts';
import type { Db } from '../db.ts';
import { type LeadContext, loadContexts } from '../facts/load-contexts.ts';
import { type Lead, Prisma } from '../generated/client.ts';
import { columnsWithout } from '../rows.ts';
import { planned } from '../planned.ts';
import { readPast } from './past.ts';

export interface Population {
  stages: readonly Stage[];
  /** What conditions ask beyond the leads' own rows; null: no condition is evaluated. */
  asked: Asked | null;
  /** Names of the fields that are asked about. */
  names: ReadonlySet<string>;
  fading: Fading;
  /** Real time, epoch milliseconds. */
  atMs: number;
  /** Null: past events are not read. */
  replay: ReplayRules | null;
  /** Only one lead in so many, drawn by its id: the same each time. */
  oneIn: number;
}

export interface PopulationPiece {
  /** Without the columns that nobody asks about here. */
  leads: Lead[];
  contexts: ReadonlyMap<string, LeadContext>;
  past: ReadonlyMap<string, ScorePast>;
}

const AT_ONCE = 4_000;

/** Columns that a plan reads only for the fields that conditions ask about. A million leads are read in a third of the time without them. */
const READ_FOR: Readonly<Partial<Record<keyof Lead, readonly string[]>>> = {
  attributes: ['attributes', 'region'],
  company: ['company'],
  companySize: ['companySize'],
  industry: ['industry'],
  jobTitle: ['jobTitle'],
  language: ['language'],
  preferredChannel: ['preferredChannel'],
  valueTier: ['valueTier'],
  fitCompleteness: ['fitCompleteness'],
  orders: ['orderCount', 'orderValueMinor', 'daysSinceOrder'],
  pausedAt: ['paused'],
  heldAt: ['held'],
  sunsetAt: ['sunset'],
};

/** Columns that neither scoring nor a condition reads. */
const UNREAD = [
  'firstName',
  'lastName',
  'phone',
  'timeZone',
  'nextDueAt',
  'nextSummary',
  'awaiting',
  'triggers',
  'entered',
  'answerDueAt',
  'pausedReason',
  'heldReason',
  'qualifiedAt',
  'qualifiedBy',
  'clockMovingSince',
  'createdAt',
  'updatedAt',
  'verifiedFields',
  'accountId',
  'needId',
  'ownerId',
  'suspectAt',
  'mailFrequency',
  'snoozedUntil',
] as const;

/** The columns of a lead's row that are read where these names of fields are asked about. */
function columnsFor(names: ReadonlySet<string>): Prisma.Sql {
  const isAsked = (field: string): boolean =>
    names.has(field) || (field === 'attributes' && [...names].some((name) => name.startsWith('attributes.')));
  const unread = Object.entries(READ_FOR).flatMap(([column, fields]) =>
    fields.some(isAsked) ? [] : [column as keyof Lead],
  );
  return columnsWithout('leads', [...UNREAD, ...unread]);
}

/** While a piece is worked on, the next one is being read: the database and this process work at the same time. */
export async function* readPopulation(db: Db, population: Population): AsyncGenerator<PopulationPiece> {
  const columns = columnsFor(population.names);
  let next = readPiece(db, population, columns, '');
  for (;;) {
    const piece = await next;
    if (piece === null) return;
    next = readPiece(db, population, columns, piece.upTo);
    // A failure is met where it is awaited, not here.
    next.catch(() => {});
    yield piece;
  }
}

async function readPiece(
  db: Db,
  population: Population,
  columns: Prisma.Sql,
  after: string,
): Promise<(PopulationPiece & { upTo: string }) | null> {
  const { stages, asked, fading, atMs, replay, oneIn } = population;
  const sample = oneIn === 1 ? Prisma.empty : Prisma.sql`AND mod(abs(hashtext(id)::bigint), ${oneIn}) = 0`;
  const leads = await planned<Lead>(
    db,
    Prisma.sql`SELECT ${columns} FROM leads
      WHERE id > ${after} AND stage = ANY(${[...stages]}) ${sample} ORDER BY id LIMIT ${AT_ONCE}`,
  );
  const upTo = leads.at(-1)?.id;
  if (upTo === undefined) return null;
  const which = oneIn === 1 ? { after, upTo } : { ids: leads.map(({ id }) => id) };
  const [contexts, past] = await Promise.all([
    asked === null ? new Map<string, LeadContext>() : loadContexts(db, leads, asked, { atMs, clock: 'lead', fading }),
    replay === null ? new Map<string, ScorePast>() : readPast(db, which, { rules: replay }),
  ]);
  return { leads, contexts, past, upTo };
}

/** About how many events there are, as the database last counted them. */
export async function eventsInAll(db: Db): Promise<number> {
  const [row] = await db.$queryRaw<{ events: number }[]>`
    SELECT greatest(reltuples, 0)::float8 AS events FROM pg_class WHERE oid = 'events'::regclass`;
  return row?.events ?? 0;
}
