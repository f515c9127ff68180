/** The rows of broadcasts: what is sent to whom, how far it is, and whether it goes on. */
import type {
  Audience,
  BroadcastPreview,
  BroadcastProgress,
  BroadcastSchedule,
  BroadcastStatus,
  BroadcastVariant,
} from '../../domain/broadcast.ts';
import type { BroadcastTrial } from '../../domain/broadcast-trial.ts';
import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import { audit } from '../audit.ts';
import type { Db, Tx } from '../db.ts';
import { type Broadcast as Row, Prisma } from '../generated/client.ts';

/** A broadcast with its columns typed. */
export interface Broadcast extends Omit<Row, 'status' | 'audience' | 'variants' | 'schedule' | 'preview' | 'trial'> {
  status: BroadcastStatus;
  audience: Audience | null;
  variants: readonly BroadcastVariant[];
  schedule: BroadcastSchedule;
  preview: BroadcastPreview | null;
  trial: BroadcastTrial | null;
}

export interface NewBroadcast {
  key: string;
  /** The newsletter that it is an issue of. */
  newsletter?: string;
  segment: string | null;
  audience: Audience;
  topic: string;
  variants: readonly BroadcastVariant[];
  schedule: BroadcastSchedule;
  rate: number | null;
  /** Where there are several variants. */
  trial: BroadcastTrial | null;
  again: boolean;
  /** Handle of who plans it. */
  by: string;
}

/** @throws AppError CONFLICT when another broadcast has the key */
export function planBroadcast(db: Db, planned: NewBroadcast): Promise<Broadcast> {
  return db.$transaction((tx) => insertBroadcast(tx, planned));
}

/** The same within a transaction of the caller. */
export async function insertBroadcast(tx: Tx, { by, ...planned }: NewBroadcast): Promise<Broadcast> {
  const id = newId('broadcast');
  // Of two with the same key the second waits here for the first.
  const made = await tx.broadcast.createMany({
    data: [{ id, ...planned, ...jsonOf(planned), createdBy: by }],
    skipDuplicates: true,
  });
  if (made.count === 0)
    throw new AppError('CONFLICT', `There is a broadcast with the key ‘${planned.key}’ already: choose another key.`);
  await audit(
    tx,
    { leadId: null, actor: by, at: new Date() },
    { action: 'broadcast.planned', data: { broadcastId: id, key: planned.key } },
  );
  return findBroadcast(tx, id);
}

function jsonOf({
  audience,
  variants,
  schedule,
  trial,
}: Pick<NewBroadcast, 'audience' | 'variants' | 'schedule' | 'trial'>) {
  const plain = (value: unknown): Prisma.InputJsonValue => JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue;
  return {
    audience: plain(audience),
    variants: plain(variants),
    schedule: plain(schedule),
    trial: trial === null ? Prisma.DbNull : plain(trial),
  };
}

/** By id or key. @throws AppError NOT_FOUND */
export async function findBroadcast(db: Db | Tx, idOrKey: string): Promise<Broadcast> {
  const row = await db.broadcast.findFirst({ where: { OR: [{ id: idOrKey }, { key: idOrKey }] } });
  if (row === null) throw new AppError('NOT_FOUND', 'There is no such broadcast.');
  return typed(row);
}

/** Newest first; `after`: the last id of the page before. */
export async function listBroadcasts(db: Db, after: string | null, limit: number): Promise<Broadcast[]> {
  const rows = await db.broadcast.findMany({
    where: after === null ? {} : { id: { lt: after } },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(typed);
}

/** Issues of a newsletter, the newest first. */
export async function issuesOf(db: Db, newsletter: string, limit: number): Promise<Broadcast[]> {
  const rows = await db.broadcast.findMany({ where: { newsletter }, orderBy: { id: 'desc' }, take: limit });
  return rows.map(typed);
}

/** Locks the row: whoever takes its next recipients does so alone. @throws AppError NOT_FOUND */
export async function lockBroadcast(tx: Tx, id: string): Promise<Broadcast> {
  await tx.$queryRaw`SELECT id FROM broadcasts WHERE id = ${id} FOR UPDATE`;
  return findBroadcast(tx, id);
}

/** Keeps what a preview counted. One that is already running stays as it is. */
export async function keepPreview(db: Db, id: string, preview: BroadcastPreview): Promise<Broadcast> {
  return db.$transaction(async (tx) => {
    const { status } = await lockBroadcast(tx, id);
    if (status !== 'planned' && status !== 'previewed')
      throw new AppError('CONFLICT', `This broadcast is ${status}: a preview is for one that has not begun.`);
    const data = { status: 'previewed', preview: JSON.parse(JSON.stringify(preview)) as Prisma.InputJsonObject };
    return typed(await tx.broadcast.update({ where: { id }, data }));
  });
}

const MAY_BECOME: Readonly<Record<'running' | 'paused' | 'canceled', readonly BroadcastStatus[]>> = {
  running: ['previewed', 'paused'],
  paused: ['running'],
  canceled: ['planned', 'previewed', 'running', 'paused'],
};

/**
 * Starts, pauses, resumes or cancels a broadcast; its process is told after the commit. The same again changes nothing. `audience`: for a
 * start, whom the rules in force say it is for.
 * @throws AppError NOT_FOUND; CONFLICT for one that cannot become that
 */
export function changeBroadcast(
  db: Db,
  id: string,
  to: 'running' | 'paused' | 'canceled',
  change: BroadcastChange,
): Promise<Broadcast> {
  return db.$transaction((tx) => changeLocked(tx, id, to, change));
}

export interface BroadcastChange {
  by: string;
  rate?: number | undefined;
  /** It must be one of these before. */
  only?: readonly BroadcastStatus[];
}

/** The same within a transaction of the caller. */
export async function changeLocked(
  tx: Tx,
  id: string,
  to: 'running' | 'paused' | 'canceled',
  { by, rate, only }: BroadcastChange,
): Promise<Broadcast> {
  const before = await lockBroadcast(tx, id);
  if (before.status === to && rate === undefined) return before;
  const mayCome = only ?? MAY_BECOME[to];
  if (before.status !== to && !mayCome.includes(before.status)) throw refusal(before, to);
  const now = new Date();
  const row = await tx.broadcast.update({
    where: { id },
    data: {
      status: to,
      ...(rate === undefined ? {} : { rate, pacedUntil: null }),
      ...(to === 'running' ? { error: null, nextAt: null } : {}),
      ...(to === 'running' && before.startedAt === null ? { startedAt: now, startedBy: by, workedAt: NEVER } : {}),
      ...(to === 'canceled' ? { endedAt: now, audience: Prisma.DbNull } : {}),
    },
  });
  await audit(tx, { leadId: null, actor: by, at: now }, { action: 'broadcast.changed', data: { broadcastId: id, to } });
  return typed(row);
}

/** It counts as idle at once: whoever wrote it need not be able to start its process. */
const NEVER = new Date(0);

function refusal({ status }: Broadcast, to: string): AppError {
  if (status === 'planned' && to === 'running')
    return new AppError('CONFLICT', 'Nobody has seen yet whom this broadcast reaches: preview it first.');
  return new AppError('CONFLICT', `This broadcast is ${status}: it cannot become ${to}.`);
}

/** A broadcast that cannot go on waits for a person. */
export async function stopBroadcast(db: Db, id: string, error: string): Promise<BroadcastProgress> {
  return db.$transaction(async (tx) => {
    const { status } = await lockBroadcast(tx, id);
    if (status === 'running')
      await tx.broadcast.update({ where: { id }, data: { status: 'paused', error: error.slice(0, 500) } });
    return progressOf(tx, await findBroadcast(tx, id));
  });
}

/** Broadcasts that should work and did nothing for so long. One that waits for its time, or for all sending, is not idle. */
export async function idleBroadcasts(db: Db, forMs: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM broadcasts
    WHERE status = 'running' AND greatest(worked_at, next_at) < now() - ${forMs} * interval '1 millisecond'
      AND NOT (winner IS NULL AND winner_because IS NOT NULL)
      AND NOT EXISTS (SELECT FROM pauses WHERE scope = 'sending')`;
  return rows.map(({ id }) => id);
}

/** Those that all sending held back. */
export async function runningBroadcasts(db: Db): Promise<string[]> {
  const rows = await db.broadcast.findMany({ where: { status: 'running' }, select: { id: true } });
  return rows.map(({ id }) => id);
}

export async function progressOf(db: Db | Tx, { id, status, total, nextAt }: Broadcast): Promise<BroadcastProgress> {
  const [row] = await db.$queryRaw<{ left: number }[]>`
    SELECT unreached + (SELECT count(*) FROM broadcast_recipients WHERE broadcast_id = ${id})::int AS left
    FROM broadcasts WHERE id = ${id}`;
  const left = row?.left ?? 0;
  return { status, total, left, nextAtMs: nextAt?.getTime() ?? null, waitsForBell: false };
}

export function typed(row: Row): Broadcast {
  return {
    ...row,
    status: row.status as BroadcastStatus,
    audience: row.audience as Audience | null,
    variants: row.variants as unknown as readonly BroadcastVariant[],
    schedule: row.schedule as unknown as BroadcastSchedule,
    preview: row.preview as unknown as BroadcastPreview | null,
    trial: row.trial as unknown as BroadcastTrial | null,
  };
}
