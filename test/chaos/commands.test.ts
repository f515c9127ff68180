/** What a client is told of a command when nobody can know its verdict: to repeat it, and never that it was refused. */
import { type Client, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { expect, test } from 'vitest';
import type { Db } from '../../src/store/db.ts';
import { createCommands } from '../../src/temporal/commands.ts';
import { newId } from '../../src/domain/ids.ts';
import { startEngine } from '../support/engine.ts';

/** Such errors come from a server whose workers just died, or from a process that was just ended: they are thrown here. */
function executeWith(error: Error): Promise<unknown> {
  const rejected = async (): Promise<never> => {
    throw error;
  };
  const client = {
    withDeadline: (_until: number, work: () => Promise<unknown>) => work(),
    workflow: { executeUpdateWithStart: rejected },
  } as unknown as Client;
  const db = { command: { findUnique: async () => null } } as unknown as Db;
  const commands = createCommands({ client, taskQueue: 'none', db });
  return commands.execute('lead-1', { kind: 'pause', commandId: 'cmd-1', actor: { kind: 'system' } });
}

const failed = (type: string): Error =>
  new WorkflowUpdateFailedError('Workflow Update failed', ApplicationFailure.create({ message: 'no', type }));

test.each([
  ['the process was ended while it had the command', failed('AcceptedUpdateCompletedWorkflow')],
  ['the process is gone', new WorkflowNotFoundError('workflow not found', 'lead-1', undefined)],
  [
    'the last workflow task failed',
    Object.assign(new Error('Workflow Task in failed state'), { code: 9, details: '', metadata: {} }),
  ],
])('%s: the verdict is pending', async (_why, error) => {
  await expect(executeWith(error)).rejects.toMatchObject({ code: 'COMMAND_PENDING' });
});

test('a refused command is answered as refused', async () => {
  expect(await executeWith(failed('STAGE_FORBIDS'))).toMatchObject({ ok: false, code: 'STAGE_FORBIDS' });
});

test('a process that is ended before it took the command: the verdict is pending', async () => {
  const engine = await startEngine({ worker: false });
  try {
    const leadId = newId('lead');
    const command = { kind: 'pause', commandId: newId('command'), actor: { kind: 'system' } } as const;
    const told = engine.commands.execute(leadId, command, 20_000).catch((error: unknown) => error);
    // The command has started it, and waits for a worker.
    const handle = engine.client.workflow.getHandle(leadId);
    await engine.until(
      () => handle.describe().catch(() => null),
      (process) => process?.status.name === 'RUNNING',
    );
    await handle.terminate();
    expect(await told).toMatchObject({ code: 'COMMAND_PENDING' });
  } finally {
    await engine.close();
  }
});
