/** A rolling restart under load. Right before the defect is mended, chaos notes which leads it stopped and where that is visible. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { readRows } from '../check/evidence.ts';
import { isStopped } from '../check/invariant.ts';
import { meetsDefect } from '../change.ts';
import { WORKERS } from '../plan.ts';
import type { ChaosStack } from '../stack.ts';
import type { Version } from '../versions.ts';
import type { Deployments, Wedged } from './deployments.ts';
import type { Strike } from './strike.ts';

/** Deploys one after the other, however long each takes. */
let before: Promise<unknown> = Promise.resolve();

export async function deploy(
  stack: ChaosStack,
  temporal: Client,
  { done, wedged }: Deployments,
  version: Version,
): Promise<Strike> {
  const turn = before.then(async () => {
    if (version === 'next') wedged.push(...(await untilWedged(stack, temporal)));
    const beganAt = Date.now();
    for (const worker of WORKERS) await stack.replace(worker, version);
    done.push({ version, beganAt, doneAt: Date.now() });
    return `all workers are of the ${version} version, after ${((Date.now() - beganAt) / 1000).toFixed(0)} s`;
  });
  before = turn.catch(() => {});
  const text = await turn;
  const stuck = version === 'next' ? `${wedged.length} processes were stuck in their workflow task; ` : '';
  return { struck: true, what: `${stuck}${text}` };
}

/** Time for the workers to start with the defect, also when they are killed meanwhile. */
const MEETS_WITHIN_MS = 90_000;

/** Time for the defect to stop at least one lead before it is mended. */
async function untilWedged(stack: ChaosStack, temporal: Client): Promise<Wedged[]> {
  for (const deadline = Date.now() + MEETS_WITHIN_MS; ; await sleep(1_000)) {
    const found = await findWedged(stack, temporal);
    if (found.length > 0 || Date.now() > deadline) return found;
  }
}

const LOOKS = 10;

/** PostgreSQL or Temporal may be down at this moment. */
async function findWedged(stack: ChaosStack, temporal: Client): Promise<Wedged[]> {
  for (let look = 1; ; look += 1) {
    try {
      return await temporal.withDeadline(Date.now() + 20_000, () => lookForWedged(stack, temporal));
    } catch (error) {
      if (look === LOOKS) throw error;
      await sleep(2_000);
    }
  }
}

async function lookForWedged(stack: ChaosStack, temporal: Client): Promise<Wedged[]> {
  const { leads, findings, at } = await readRows(stack.config.databaseUrl);
  const found: Wedged[] = [];
  for (const lead of leads.filter(({ id }) => meetsDefect(id))) {
    const { raw } = await temporal.workflow
      .getHandle(lead.id)
      .describe()
      .catch(() => ({ raw: undefined }));
    if ((raw?.pendingWorkflowTask?.attempt ?? 0) < 2) continue;
    // A fast-forward makes a lead late in an instant.
    const isReal = lead.clockOffsetMs === 0 && lead.clockMovingSince === null && !isStopped(lead);
    const lateMs = isReal && lead.nextDueAt !== null ? Math.max(0, at.getTime() - lead.nextDueAt.getTime()) : 0;
    const open = findings.filter(({ leadId, resolved }) => leadId === lead.id && !resolved);
    found.push({ leadId: lead.id, lateMs, findings: open.map(({ kind }) => kind) });
  }
  return found;
}
