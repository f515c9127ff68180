/** The rows of bulk runs: what is to be done, how far it is, and whether it goes on. */
import type { BulkKind, BulkProgress, BulkStatus } from '../../domain/bulk-run.ts';
import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import { audit } from '../audit.ts';
import type { Db, Tx } from '../db.ts';
import type { BulkRun, Prisma } from '../generated/client.ts';

/** A run with its columns typed. `outcomes`: leads by what became of them. */
export interface Run extends Omit<BulkRun, 'kind' | 'status' | 'params' | 'outcomes'> {
  kind: BulkKind;
  status: BulkStatus;
  params: Readonly<Record<string, unknown>>;
  outcomes: Readonly<Record<string, number>>;
}

export interface NewRun {
  kind: BulkKind;
  /**
   * Ids and keys. Only `when`, the condition that chose the leads, can hold words that somebody wrote, such as the name of a company: it
   * is kept until the run is over, here alone. The erasure of a person whom it names cancels the run (store/erasure/cancel-runs.ts).
   */
  params: Prisma.InputJsonObject;
  rate: number;
  total: number;
  /** Handle of who starts it. */
  by: string;
}

/** It counts as idle at once: whoever wrote it need not be able to start its process. */
const NEVER = new Date(0);

/** Writes a run that is to begin, in the transaction of what it follows from. Its process is started after the commit. */
export async function createRun(tx: Tx, { kind, params, rate, total, by }: NewRun): Promise<string> {
  const id = newId('run');
  await tx.bulkRun.create({ data: { id, kind, params, rate, total, startedBy: by, workedAt: NEVER } });
  await audit(
    tx,
    { leadId: null, actor: by, at: new Date() },
    { action: 'bulk.started', data: { runId: id, kind, total } },
  );
  return id;
}

/** The same in a transaction of its own. */
export function startRun(db: Db, run: NewRun): Promise<string> {
  return db.$transaction((tx) => createRun(tx, run));
}

export async function readRun(db: Db | Tx, id: string): Promise<Run | null> {
  const row = await db.bulkRun.findUnique({ where: { id } });
  return row === null ? null : typed(row);
}

/** Newest first; `after`: the last id of the page before. */
export async function listRuns(
  db: Db,
  kinds: readonly BulkKind[],
  after: string | null,
  limit: number,
): Promise<Run[]> {
  const rows = await db.$queryRaw<BulkRun[]>`
    SELECT id, kind, params, status, rate, total, done, outcomes, after, error, started_by AS "startedBy",
      started_at AS "startedAt", worked_at AS "workedAt", ended_at AS "endedAt"
    FROM bulk_runs WHERE kind = ANY(${[...kinds]}) AND (${after}::text IS NULL OR id < ${after}) ORDER BY id DESC LIMIT ${limit}`;
  return rows.map(typed);
}

/** Locks the row: whoever works on the run does so alone, and what is written of a lead and of the run is written together. */
export async function lockRun(tx: Tx, id: string): Promise<Run> {
  await tx.$queryRaw`SELECT id FROM bulk_runs WHERE id = ${id} FOR UPDATE`;
  const run = await readRun(tx, id);
  if (run === null) throw new AppError('NOT_FOUND', 'There is no such run.');
  return run;
}

/** Whether leads of the same cadence were sent to a revision since by a later run. What is left is for that one. */
export async function isOvertaken(tx: Tx, { id, params }: Run): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ isOvertaken: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM bulk_runs later JOIN bulk_runs run ON (later.started_at, later.id) > (run.started_at, run.id)
      WHERE run.id = ${id} AND later.kind IN ('migrate', 'restart') AND later.status <> 'canceled'
        AND later.params->>'cadence' = ${params['cadence']}) AS "isOvertaken"`;
  return row?.isOvertaken === true;
}

/**
 * The runs of a cadence that are not over and take leads to a revision. They are locked: the piece that one is at has been written, and it
 * does the next one by what this transaction makes of it.
 */
export async function runsUnderWay(tx: Tx, cadence: string): Promise<{ id: string; to: string }[]> {
  return tx.$queryRaw<{ id: string; to: string }[]>`
    SELECT id, params->>'to' AS "to" FROM bulk_runs
    WHERE kind IN ('migrate', 'restart', 'append') AND status IN ('running', 'paused') AND params->>'cadence' = ${cadence}
    ORDER BY id FOR UPDATE`;
}

export async function sendRunTo(tx: Tx, id: string, to: string): Promise<void> {
  await tx.$executeRaw`UPDATE bulk_runs SET params = jsonb_set(params, '{to}', to_jsonb(${to}::text)) WHERE id = ${id}`;
}

/** What a run did to its next leads, see activities/bulk/piece.ts. */
interface DonePiece {
  after: string | null;
  became: readonly string[];
  changed?: readonly { from: string; to: string }[];
  restMs?: number;
  params?: Readonly<Record<string, number>>;
}

/**
 * Writes that a run has come to these leads, in their order, and what became of them. A run that rests counts as idle only from the end of
 * its rest on.
 */
export async function recordPiece(tx: Tx, run: Run, piece: DonePiece): Promise<BulkProgress> {
  const outcomes: Record<string, number> = { ...run.outcomes };
  for (const one of piece.became) outcomes[one] = (outcomes[one] ?? 0) + 1;
  for (const { from, to } of piece.changed ?? []) {
    outcomes[from] = Math.max(0, (outcomes[from] ?? 0) - 1);
    outcomes[to] = (outcomes[to] ?? 0) + 1;
  }
  const done = run.done + piece.became.length;
  await tx.bulkRun.update({
    where: { id: run.id },
    // Why a run was canceled meanwhile stays.
    data: {
      after: piece.after,
      done,
      outcomes,
      workedAt: new Date(Date.now() + (piece.restMs ?? 0)),
      ...(run.status === 'canceled' ? {} : { error: null }),
      ...(piece.params === undefined ? {} : { params: { ...(run.params as Prisma.InputJsonObject), ...piece.params } }),
    },
  });
  return { ...progressOf(run), done };
}

const MAY_BECOME: Readonly<Record<Exclude<BulkStatus, 'done'>, readonly BulkStatus[]>> = {
  running: ['paused'],
  paused: ['running'],
  canceled: ['running', 'paused'],
};

/**
 * Pauses, resumes or cancels a run; its process is told after the commit. The same again changes nothing.
 * @throws AppError NOT_FOUND, CONFLICT for a run that is over
 */
export async function changeRun(
  db: Db,
  id: string,
  to: Exclude<BulkStatus, 'done'>,
  by: string,
  rate?: number,
): Promise<Run> {
  return db.$transaction(async (tx) => {
    const run = await lockRun(tx, id);
    if (run.status === to && rate === undefined) return run;
    if (run.status !== to && !MAY_BECOME[to].includes(run.status))
      throw new AppError('CONFLICT', `This run is ${run.status}: it cannot become ${to}.`);
    const row = await tx.bulkRun.update({
      where: { id },
      data: {
        status: to,
        ...(rate === undefined ? {} : { rate }),
        ...(to === 'running' ? { error: null } : {}),
        ...(to === 'canceled' ? { endedAt: new Date(), params: keptOf(run) } : {}),
      },
    });
    await audit(tx, { leadId: null, actor: by, at: new Date() }, { action: 'bulk.changed', data: { runId: id, to } });
    return typed(row);
  });
}

export async function finishRun(tx: Tx, run: Run): Promise<BulkProgress> {
  await tx.bulkRun.update({
    where: { id: run.id },
    data: { status: 'done', endedAt: new Date(), workedAt: new Date(), params: keptOf(run) },
  });
  return { ...progressOf(run), status: 'done' };
}

/** What stays of the parameters of a run that is over. */
function keptOf({ params }: Run): Prisma.InputJsonObject {
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'when')) as Prisma.InputJsonObject;
}

/** A run that cannot go on waits for a person. */
export async function stopRunFor(db: Db, id: string, error: string): Promise<BulkProgress> {
  return db.$transaction(async (tx) => {
    const run = await lockRun(tx, id);
    if (run.status !== 'running') return progressOf(run);
    await tx.bulkRun.update({ where: { id }, data: { status: 'paused', error: error.slice(0, 500) } });
    return { ...progressOf(run), status: 'paused' };
  });
}

/** Runs that should work and did nothing for so long: their process was never started, was terminated, or was not told. */
export async function idleRuns(db: Db, forMs: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM bulk_runs WHERE status = 'running' AND worked_at < now() - ${forMs} * interval '1 millisecond'`;
  return rows.map(({ id }) => id);
}

export function progressOf({ kind, status, done, total }: Run): BulkProgress {
  return { kind, status, done, total };
}

function typed(row: BulkRun): Run {
  return {
    ...row,
    kind: row.kind as BulkKind,
    status: row.status as BulkStatus,
    params: row.params as Run['params'],
    outcomes: row.outcomes as Run['outcomes'],
  };
}
