/** The two processes of an installation. */
import type { Command } from 'commander';
import { examples, GROUPS } from '../command.ts';

export function registerProcesses(program: Command): void {
  const api = program
    .command('api')
    .helpGroup(GROUPS.run)
    .description('run the HTTP API, with the relay and the reconciler')
    .action(async () => {
      const { startApi } = await import('../../api/server.ts');
      await run(startApi);
    });
  examples(api, [['PORT=8081 nurture api', 'a second one beside the first']]);

  const worker = program
    .command('worker')
    .helpGroup(GROUPS.run)
    .description('run the worker')
    .action(async () => {
      const { startWorker } = await import('../../worker.ts');
      await run(startWorker);
    });
  examples(worker, [
    ['WORKER_ROLE=activities nurture worker', 'the mails and other activities alone, see docs/scale.md'],
  ]);
}

type Start = typeof import('../../api/server.ts').startApi | typeof import('../../worker.ts').startWorker;

async function run(start: Start): Promise<void> {
  const { loadConfig } = await import('../../runtime/config.ts');
  const { runProcess } = await import('../../runtime/process.ts');
  const { prepareAll } = await import('../prepare.ts');
  await runProcess(loadConfig(process.env), { prepare: prepareAll, start });
}
