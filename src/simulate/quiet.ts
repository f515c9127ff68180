import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { AppError } from '../domain/errors.ts';
import { grpcErrorOf, status } from '../runtime/grpc.ts';
import { isAtWork } from '../temporal/at-work.ts';
import type { World } from './world.ts';

const LOOK_EVERY_MS = 8;
const PATIENCE_MS = 60_000;

/**
 * Resolves when a lead's process has heard every bell and does nothing at the moment.
 * @throws AppError UNAVAILABLE when it does not come to rest
 */
export async function quiet(world: World, client: Client, leadId: string, signal: AbortSignal): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    // In this order: a bell that was heard has its activity under way, or is done.
    if (!(await hasBells(world, leadId)) && !(await isBusy(client, leadId)) && !(await hasBells(world, leadId))) return;
    if (Date.now() > until) throw new AppError('UNAVAILABLE', await restless(client, leadId));
    await setTimeout(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function hasBells({ db }: World, leadId: string): Promise<boolean> {
  const [row] = await db.$queryRaw<{ any: boolean }[]>`
    SELECT EXISTS (SELECT FROM outbox WHERE lead_id = ${leadId}) AS any`;
  return row?.any === true;
}

async function isBusy(client: Client, leadId: string): Promise<boolean> {
  try {
    return isAtWork(await client.workflow.getHandle(leadId).describe());
  } catch (error) {
    // Not started yet, or ended long ago.
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return false;
    if (grpcErrorOf(error)?.code === status.NOT_FOUND) return false;
    throw error;
  }
}

async function restless(client: Client, leadId: string): Promise<string> {
  const { raw } = await client.workflow.getHandle(leadId).describe();
  const failures = (raw.pendingActivities ?? []).flatMap(({ lastFailure }) => lastFailure?.message ?? []);
  const why = failures.length === 0 ? '' : ` It tries again and again: ${failures.join('; ')}`;
  return `The process of the persona did not come to rest within a minute.${why}`;
}
