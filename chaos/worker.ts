/** A worker of the product that runs another version of the workflow. Everything else is as in `src/worker.ts`. */
import { readFile } from 'node:fs/promises';
import { Client } from '@temporalio/client';
import { makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { prepareAll } from '../src/cli/prepare.ts';
import { runProcess, type Running } from '../src/runtime/process.ts';
import { type Config, loadConfig } from '../src/runtime/config.ts';
import { createLogger } from '../src/runtime/log.ts';
import { openRules } from '../src/playbook/open-rules.ts';
import { closeDb, createDb } from '../src/store/db.ts';
import { createCommands } from '../src/temporal/commands.ts';
import { connectTemporal } from '../src/temporal/connect.ts';
import { connectWorker } from '../src/temporal/connect-worker.ts';
import { temporalLogger } from '../src/temporal/logger.ts';
import { createDeps } from '../src/activities/create-deps.ts';
import { workerOptions } from '../src/activities/worker-options.ts';

async function startChangedWorker(config: Config): Promise<Running> {
  const log = createLogger(config, 'worker');
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'WARN' }), forward: {} } },
  });
  const db = createDb(config.databaseUrl, { max: 20 });
  const rules = await openRules({ db, databaseUrl: config.databaseUrl, log });
  const connection = await connectWorker(config.temporal);
  const { namespace, taskQueue } = config.temporal;
  const ofCommands = await connectTemporal(config.temporal);
  const client = new Client({ connection: ofCommands, namespace });
  const commands = createCommands({ client, taskQueue, db });
  const { deps, close } = createDeps(config, { db, rules, log, commands });
  const { workflowsPath: _path, bundlerOptions: _options, ...options } = workerOptions(deps);
  const worker = await Worker.create({
    ...options,
    workflowBundle: { code: await readFile(process.env['CHAOS_WORKFLOW'] ?? '', 'utf8') },
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
  });
  const running = worker.run();
  return {
    close: async () => {
      worker.shutdown();
      await running;
      await close();
      await ofCommands.close();
      await connection.close();
      await rules.close();
      await closeDb(db);
    },
  };
}

await runProcess(loadConfig(process.env), { prepare: prepareAll, start: startChangedWorker });
process.exit();
