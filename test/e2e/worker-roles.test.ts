/** A larger installation: one process runs the leads' workflows, another does what they ask for. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFreePorts } from '../../src/stack/ports.ts';
import { type Engine, startEngine } from '../support/engine.ts';

const ENTRY = path.join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

let engine: Engine;
const workers: ChildProcess[] = [];
beforeAll(async () => {
  engine = await startEngine({ worker: false });
});
afterAll(async () => {
  for (const worker of workers) {
    worker.kill('SIGTERM');
    if (worker.exitCode === null) await once(worker, 'exit');
  }
  await engine.close();
});

async function startRole(role: 'workflows' | 'activities'): Promise<void> {
  const [port] = await findFreePorts(1);
  const env = {
    ...process.env,
    ...engine.env,
    NURTURE_SUPERVISED: '1',
    WORKER_ROLE: role,
    WORKER_METRICS_PORT: `${port}`,
  };
  const worker = fork(ENTRY, ['worker'], { env, execArgv: [], stdio: 'ignore' });
  workers.push(worker);
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (message) => message === 'ready' && resolve());
    worker.once('exit', (code) => reject(new Error(`the worker for ${role} ended with exit code ${code}`)));
  });
}

test('the one waits for the other, and the mail goes out when both are there', async () => {
  await startRole('workflows');
  const leadId = await engine.submit({ email: 'roles@example.com', source: 'drip' });
  // Until the bell has been rung there is no process.
  const events = () =>
    engine
      .handle(leadId)
      .fetchHistory()
      .then(
        (history) => history.events ?? [],
        () => [],
      );
  await engine.until(events, (history) => history.some(({ activityTaskScheduledEventAttributes: asked }) => asked));
  expect(engine.sink.to('roles@example.com')).toHaveLength(0);
  expect((await events()).some(({ activityTaskStartedEventAttributes: begun }) => begun)).toBe(false);
  await startRole('activities');
  await engine.sink.waitFor('roles@example.com', 1);
});
