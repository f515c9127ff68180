/**
 * Finds leads whose process did not do what was due, rings them, and records each finding. It also finds processes whose lead the
 * database does not have.
 */
import type { Logger } from 'pino';

import { CLAIM_LASTS } from '../domain/budgets.ts';
import { newId } from '../domain/ids.ts';
import { minuteInUtc } from '../domain/when.ts';
import type { Db, Tx } from '../store/db.ts';
import { announce } from '../store/outbox.ts';
import { doubtClaimsBefore } from '../store/process/sends.ts';
import {
  findOverdue,
  findUnheard,
  resolveFindings,
  writeFindings,
  type Limits,
  type NewFinding,
  type Overdue,
  type Unheard,
} from './findings.ts';
import { createUnknownWatch, type Processes } from './unknown-leads.ts';
import { type Watch, watch } from './watch.ts';

export interface Reconciled {
  /** False when another process was reconciling. */
  ran: boolean;
  overdue: number;
  unacknowledged: number;
  /** Processes without a lead. */
  unknown: number;
  resolved: number;
}

export type Reconciler = Watch<Reconciled>;

export interface ReconcilerOptions {
  db: Db;
  log: Logger;
  /** The relay's `ring`: it rings these rows at once. */
  ring(outboxIds: readonly string[]): void;
  /** Finds processes whose lead the database does not have; without it, they are not looked for. */
  processes?: Processes;
  /** Pause between two passes; 15 s by default. */
  everyMs?: number;
  /** How late a process may be; 60 s by default. */
  graceMs?: number;
  /** Leads and rows of one pass; 200 by default. */
  batch?: number;
  observe?(found: Reconciled): void;
}

/** Key of the advisory lock ("reconcil" as bytes): only one reconciler works at a time, in whichever process. */
const RECONCILER_LOCK = 0x7265636f;
const EVERY_MS = 15_000;
const GRACE_MS = 60_000;
const BATCH = 200;
const NOT_RUN: Reconciled = { ran: false, overdue: 0, unacknowledged: 0, unknown: 0, resolved: 0 };

/** Starts the reconciler. What one pass cannot finish, the next pass continues. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { db, log, ring, everyMs = EVERY_MS } = options;
  const limits: Limits = { graceMs: options.graceMs ?? GRACE_MS, batch: options.batch ?? BATCH };
  const lookForUnknown = options.processes === undefined ? undefined : createUnknownWatch(db, options.processes);
  async function runNow(): Promise<Reconciled> {
    const { found, ringIds } = await db.$transaction((tx) => reconcile(tx, limits));
    ring(ringIds);
    if (found.overdue + found.unacknowledged > 0)
      log.warn(found, 'leads whose process did not do what was due were rung');
    if (found.ran && lookForUnknown !== undefined) {
      const { unknown, resolved } = await lookForUnknown();
      found.unknown = unknown;
      found.resolved += resolved;
      if (unknown > 0) log.warn({ unknown }, 'processes run for leads that the database does not know');
    }
    options.observe?.(found);
    return found;
  }

  return watch(runNow, { everyMs, failed: 'the reconciler failed and is tried again', log });
}

async function reconcile(tx: Tx, limits: Limits): Promise<{ found: Reconciled; ringIds: string[] }> {
  const [lock] = await tx.$queryRaw<{ mine: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${RECONCILER_LOCK}::bigint) AS mine`;
  if (lock?.mine !== true) return { found: NOT_RUN, ringIds: [] };
  await doubtOldClaims(tx);
  const overdue = await findOverdue(tx, limits);
  const unheard = await findUnheard(tx, limits);
  const late = new Map(unheard.map((bell) => [bell.leadId, bell]));
  await writeFindings(tx, [...overdue.map(overdueFinding), ...[...late.values()].map(unheardFinding)]);
  const rung = await announce(
    tx,
    overdue.map(({ leadId }) => ({ leadId, reason: 'overdue', refs: {} })),
  );
  const again = await ringAgain(tx, unheard);
  const resolved = await resolveFindings(tx, limits);
  return {
    found: { ran: true, overdue: overdue.length, unacknowledged: late.size, unknown: 0, resolved },
    ringIds: [...rung, ...again],
  };
}

/**
 * Returns the ids to ring. A process ignores an id that it has heard. When the row of such an id is still there, the database may
 * be older than the process, and the process will react only to a new id.
 */
async function ringAgain(tx: Tx, bells: readonly Unheard[]): Promise<string[]> {
  const [first, later] = [bells.filter(({ attempts }) => attempts < 2), bells.filter(({ attempts }) => attempts >= 2)];
  const ids = first.map(({ outboxId }) => outboxId);
  await tx.$executeRaw`UPDATE outbox SET delivered_at = NULL, leased_until = NULL WHERE id = ANY(${ids})`;
  for (const { outboxId } of later) {
    const id = newId('outbox');
    await tx.outbox.update({ where: { id: outboxId }, data: { id, deliveredAt: null, leasedUntil: null } });
    ids.push(id);
  }
  return ids;
}

/**
 * A claim is given up after this time: its worker died, and the process was terminated before it tried again. The time is far
 * longer than an attempt may last; an attempt that is still alive may write its outcome afterwards.
 */
async function doubtOldClaims(tx: Tx): Promise<void> {
  await doubtClaimsBefore(tx, new Date(Date.now() - CLAIM_LASTS));
}

function overdueFinding({ leadId, dueAt, count }: Overdue): NewFinding {
  const times = count === 0 ? 'It was rung.' : `It was rung again, ${count + 1} times so far.`;
  return {
    leadId,
    kind: 'overdue',
    detail: `The process should have acted at ${minuteInUtc(dueAt)} (on the lead's clock) and did not. ${times}`,
  };
}

function unheardFinding({ leadId, attempts }: Unheard): NewFinding {
  return {
    leadId,
    kind: 'unacknowledged',
    detail: `The process was rung ${attempts === 1 ? 'once' : `${attempts} times`} and did not take note. It is rung again.`,
  };
}
