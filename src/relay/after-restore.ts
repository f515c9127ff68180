/**
 * Compares a database that was restored from a backup with the processes, which know more than the backup. A lead is held when its
 * rows and its process disagree, so that nothing is repeated unnoticed. Leads that only Temporal knows are listed.
 */
import type { Client } from '@temporalio/client';

import { newId } from '../domain/ids.ts';
import { dueAtOf, type Standing } from '../domain/standing.ts';
import { minuteInUtc } from '../domain/when.ts';
import { auditAll } from '../store/audit.ts';
import { leadNow } from '../store/clock.ts';
import type { Db } from '../store/db.ts';
import { isErased } from '../store/erasure/erased.ts';
import type { Lead } from '../store/generated/client.ts';
import { announce } from '../store/outbox.ts';
import { columnsOf } from '../store/rows.ts';
import { leadQuery } from '../temporal/lead-query.ts';
import { type NewFinding, unknownLead, writeFindings } from './findings.ts';
import { type LastKnown, lastKnown } from './last-known.ts';

export interface Reconciliation {
  /** The newest entry that the database has. */
  databaseIsOf: Date | null;
  /** Leads whose processes were compared. */
  compared: number;
  held: { leadId: string; reason: string }[];
  /** Leads that Temporal knows and the database does not. */
  unknown: { leadId: string; detail: string }[];
}

export interface RestoreOptions {
  db: Db;
  client: Client;
  namespace: string;
  taskQueue: string;
}

/** How far the clocks of the database and of Temporal may be apart. */
const CLOCKS_DIFFER_MS = 5_000;
/**
 * Processes that ended long before the backup are not compared. The margin covers differences between clocks, and a run that ended
 * shortly before the next run of the same lead.
 */
const LOOK_BACK_MS = 10 * 60_000;
const BATCH = 50;
/** More link ids than any backup can be missing. */
const LINK_IDS_PASSED_OVER = 100_000;

interface Run {
  runId: string;
  startedAt: number;
  isRunning: boolean;
}

/** Run this while neither a worker nor an API runs. It may be run again. */
export async function reconcileAfterRestore(options: RestoreOptions): Promise<Reconciliation> {
  const { db } = options;
  await renameBells(db);
  await passOverLinkIds(db);
  const { _max: newest } = await db.audit.aggregate({ _max: { recordedAt: true } });
  const result: Reconciliation = { databaseIsOf: newest.recordedAt, compared: 0, held: [], unknown: [] };
  const processes = [...(await listRuns(options, newest.recordedAt))];
  for (let from = 0; from < processes.length; from += BATCH) {
    const batch = processes.slice(from, from + BATCH);
    const ids = batch.map(([leadId]) => leadId);
    const leads = await db.$queryRaw<Lead[]>`SELECT ${columnsOf('leads')} FROM leads WHERE id = ANY(${ids})`;
    const byId = new Map(leads.map((lead) => [lead.id, lead]));
    await Promise.all(
      batch.map(async ([leadId, runs]) => {
        const lead = byId.get(leadId);
        if (lead === undefined) {
          if (!(await isErased(db, leadId))) result.unknown.push(await listUnknown(options, leadId, runs));
          return;
        }
        const reason = whyHeld(lead, await lastOf(options, leadId, runs));
        if (reason !== null && (await holdLead(db, lead, reason))) result.held.push({ leadId, reason });
      }),
    );
    result.compared += leads.length;
  }
  return result;
}

/** Mails sent since the backup have links with ids that the restored database would give out again. This skips those ids. */
async function passOverLinkIds(db: Db): Promise<void> {
  await db.$executeRaw`
    SELECT setval(pg_get_serial_sequence('links', 'id'), nextval(pg_get_serial_sequence('links', 'id')) + ${LINK_IDS_PASSED_OVER})`;
}

/** A process ignores the id of a bell that it has heard, and it may have heard these after the backup. A new id is heard again. */
async function renameBells(db: Db): Promise<void> {
  const bells = await db.outbox.findMany({ select: { id: true }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
  for (const { id } of bells)
    await db.outbox.update({ where: { id }, data: { id: newId('outbox'), deliveredAt: null, leasedUntil: null } });
}

/** Runs by lead, the newest run first. */
async function listRuns({ client, taskQueue }: RestoreOptions, newest: Date | null): Promise<Map<string, Run[]>> {
  const since = new Date((newest?.getTime() ?? LOOK_BACK_MS) - LOOK_BACK_MS).toISOString();
  const query = `${leadQuery(taskQueue)} AND (ExecutionStatus = 'Running' OR CloseTime > '${since}')`;
  const byLead = new Map<string, Run[]>();
  for await (const { workflowId, runId, startTime, status } of client.workflow.list({ query })) {
    const runs = byLead.get(workflowId) ?? [];
    byLead.set(workflowId, runs);
    runs.push({ runId, startedAt: startTime.getTime(), isRunning: status.name === 'RUNNING' });
  }
  for (const [leadId, runs] of byLead)
    byLead.set(
      leadId,
      // The times of a forwarded run may be ahead of those of the next run. So the run that is running counts as the newest.
      runs.toSorted((a, b) => Number(b.isRunning) - Number(a.isRunning) || b.startedAt - a.startedAt),
    );
  return byLead;
}

/** The last standing of the newest run that has looked at its lead. A run that has just started knows nothing yet. */
async function lastOf({ client, namespace }: RestoreOptions, leadId: string, runs: readonly Run[]): Promise<LastKnown> {
  let last: LastKnown = { standing: null, actedAtMs: 0, underWay: false };
  for (const { runId } of runs) {
    const one = await lastKnown(client, namespace, leadId, runId);
    last = { ...one, underWay: last.underWay || one.underWay };
    if (one.standing !== null) break;
  }
  return last;
}

/** Why the lead must be held; null when the database knows all that the process knows. */
function whyHeld(lead: Lead, { standing, actedAtMs, underWay }: LastKnown): string | null {
  const advice =
    'What was sent or decided since is not on record: see its history, then resume it, enroll it or disqualify it.';
  if (standing !== null && (differs(lead, standing) || isOlder(lead, standing, actedAtMs))) {
    return `RESTORED: the database is older than the process, which stood in stage ${standing.stage} (‘${standing.next.summary}’) at ${minuteInUtc(new Date(actedAtMs))}. ${advice}`;
  }
  if (underWay) return `RESTORED: something was under way when the database was put back, perhaps a mail. ${advice}`;
  return null;
}

function differs(lead: Lead, standing: Standing): boolean {
  const due = standing.next.kind === 'offer' ? lead.nextDueAt?.getTime() : (dueAtOf(standing.next) ?? undefined);
  return (
    lead.stage !== standing.stage ||
    lead.ownerId !== standing.ownerId ||
    lead.nextDueAt?.getTime() !== due ||
    (lead.pausedAt !== null) !== standing.paused ||
    // A lead that an earlier run of this command has held is not held again (see holdLead).
    (standing.held && lead.heldAt === null)
  );
}

/** Each activity of a process writes the lead's row after the activity began. */
function isOlder(lead: Lead, standing: Standing, actedAtMs: number): boolean {
  return !standing.forwarded && actedAtMs > lead.updatedAt.getTime() + CLOCKS_DIFFER_MS;
}

/** True when the lead was not held before. The bell makes the process notice once workers run again. */
async function holdLead(db: Db, lead: Lead, reason: string): Promise<boolean> {
  const { id } = lead;
  const at = new Date(leadNow(lead, Date.now()));
  return db.$transaction(async (tx) => {
    const { count } = await tx.lead.updateMany({
      where: { id, heldAt: null },
      data: { heldAt: at, heldReason: reason },
    });
    if (count === 0) return false;
    await auditAll(tx, [{ leadId: id, actor: 'system', at, action: 'lead.held', data: { reason } }]);
    await announce(tx, [{ leadId: id, reason: 'restored', refs: {} }]);
    return true;
  });
}

async function listUnknown(
  options: RestoreOptions,
  leadId: string,
  runs: readonly Run[],
): Promise<{ leadId: string; detail: string }> {
  const { standing, actedAtMs } = await lastOf(options, leadId, runs);
  const stood =
    standing === null
      ? 'It has not looked yet.'
      : `It stood in stage ${standing.stage} at ${minuteInUtc(new Date(actedAtMs))}.`;
  const finding: NewFinding = runs.some(({ isRunning }) => isRunning)
    ? unknownLead(leadId)
    : {
        leadId,
        kind: 'lost-lead',
        detail: `The database does not know this lead, whose process has ended. ${stood} What was sent to it is in the mail server’s log.`,
      };
  await options.db.$transaction((tx) => writeFindings(tx, [finding]));
  return { leadId, detail: finding.detail };
}
