/** Finds, page by page, processes whose lead the database does not have. They appear when a backup was restored. */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

import type { Db } from '../store/db.ts';
import { erasedHash } from '../store/erasure/erased.ts';
import { Prisma } from '../store/generated/client.ts';
import { leadQuery } from '../temporal/lead-query.ts';
import { unknownLead, writeFindings } from './findings.ts';

export interface Processes {
  client: Client;
  namespace: string;
  taskQueue: string;
}

const PAGE = 500;
/** Findings looked at again in one pass. */
const BATCH = 50;

/** Each call reads the next page of running processes. Returns how many unknown leads it found, and how many are resolved. */
export function createUnknownWatch(db: Db, { client, namespace, taskQueue }: Processes) {
  let nextPageToken: Uint8Array | null | undefined;

  return async (): Promise<{ unknown: number; resolved: number }> => {
    const query = `${leadQuery(taskQueue)} AND ExecutionStatus = 'Running'`;
    const page = await client.workflowService.listWorkflowExecutions({
      namespace,
      query,
      pageSize: PAGE,
      ...(nextPageToken ? { nextPageToken } : {}),
    });
    nextPageToken = page.nextPageToken;
    const ids = page.executions.flatMap(({ execution }) => execution?.workflowId ?? []);
    // The rows are read after the list of processes. A lead's row is written before its process starts, so a missing row is unknown.
    const unknown = await db.$queryRaw<{ id: string }[]>`
      SELECT id FROM unnest(${ids}::text[]) AS running(id) 
      WHERE NOT EXISTS (SELECT FROM leads l WHERE l.id = running.id)
        AND NOT EXISTS (SELECT FROM erased_leads e WHERE e.id_hash = ${erasedHash(Prisma.sql`running.id`)})`;
    if (unknown.length > 0)
      await db.$transaction((tx) =>
        writeFindings(
          tx,
          unknown.map(({ id }) => unknownLead(id)),
        ),
      );
    return { unknown: unknown.length, resolved: await resolveUnknown(db, client) };
  };
}

/** Resolves findings whose process has ended, or whose row exists after all. */
async function resolveUnknown(db: Db, client: Client): Promise<number> {
  const open = await db.finding.findMany({
    where: { kind: 'unknown-lead', resolvedAt: null },
    orderBy: { lastAt: 'asc' },
    take: BATCH,
  });
  const gone: string[] = [];
  for (const { leadId } of open) {
    const isKnown = (await db.lead.count({ where: { id: leadId } })) > 0;
    if (isKnown || !(await isRunning(client, leadId))) gone.push(leadId);
  }
  return db.$executeRaw`
    UPDATE findings SET resolved_at = now() WHERE kind = 'unknown-lead' AND resolved_at IS NULL AND lead_id = ANY(${gone})`;
}

async function isRunning(client: Client, leadId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(leadId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
