/** The command line. Each command is a thin call into the product. */
import { Command, InvalidArgumentError } from 'commander';

import { loadConfig } from '../runtime/config.ts';
import { runProcess } from '../runtime/process.ts';
import { untilSignal } from '../stack/interruption.ts';
import { prepareAll } from './prepare.ts';
import { report } from './report.ts';
import { withStack } from './stack.ts';

const program = new Command('nurture-engine')
  .description('A lead-nurturing engine in which every lead’s life is one durable process.')
  .showHelpAfterError();

program
  .command('start')
  .description('start the whole stack, and keep it running')
  .action(async () => {
    await withStack(loadConfig(process.env), {}, async (_stack, signal) => untilSignal(signal));
  });

/** The company of the sample playbook and templates. */
const SAMPLE_COMPANY = {
  COMPANY_NAME: 'Brookfield Irrigation',
  MAIL_FROM: 'Brookfield Irrigation <hello@brookfield.example>',
  POSTAL_ADDRESS: 'Mill Lane 4, 50667 Cologne',
};

program
  .command('demo')
  .description('start the stack, and play the lives of twelve sample leads in virtual time')
  .option('--exit', 'end after the story')
  .option('--json', 'print the result as JSON')
  .action(async (options: { exit?: boolean; json?: boolean }) => {
    const { exit = false, json = false } = options;
    await withStack(loadConfig({ ...SAMPLE_COMPANY, ...process.env }), { quiet: json }, async (stack, signal) => {
      const { runDemo } = await import('./demo/demo.ts');
      await runDemo({ config: stack.config, stack, exit, json });
      if (!exit) await untilSignal(signal);
    });
  });

program
  .command('api')
  .description('run the HTTP API, with the relay and the reconciler')
  .action(async () => {
    const { startApi } = await import('../api/server.ts');
    await runProcess(loadConfig(process.env), { prepare: prepareAll, start: startApi });
  });

program
  .command('worker')
  .description('run the worker')
  .action(async () => {
    const { startWorker } = await import('../worker.ts');
    await runProcess(loadConfig(process.env), { prepare: prepareAll, start: startWorker });
  });

program
  .command('migrate')
  .description('migrate the database and the Temporal namespace to this version')
  .action(async () => {
    const applied = await prepareAll(loadConfig(process.env));
    console.log(applied.length === 0 ? 'Nothing to do.' : `Applied ${applied.join(', ')}.`);
  });

program
  .command('publish')
  .description('check the playbook and the templates, and put them in force as the next playbook revision')
  .option('--note <text>', 'what the revision changes, for the list of revisions')
  .option('--author <name>', 'the name of the author; by default the user of this machine')
  .option('--base <number>', 'refuse when this is no longer the newest playbook revision', wholeNumber)
  .action(async (options: { note?: string; author?: string; base?: number }) => {
    const { publishCommand } = await import('./publish.ts');
    console.log(await publishCommand(loadConfig(process.env), options));
  });

program
  .command('playbook')
  .description('show the published playbook revisions')
  .command('list')
  .description('list the playbook revisions, newest first')
  .action(async () => {
    const { playbookList } = await import('./playbook-list.ts');
    console.log(await playbookList(loadConfig(process.env)));
  });

program
  .command('after-restore')
  .description(
    'run this after a restore of the database, before API and workers start: it holds and lists the leads that the backup does not fully know',
  )
  .action(async () => {
    const { afterRestore, describeReconciliation } = await import('./after-restore.ts');
    console.log(describeReconciliation(await afterRestore(loadConfig(process.env))));
  });

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number, as `playbook list` shows them.');
  return Number(text);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
// Everything that must end in order has ended; open handles of libraries must not keep the process running.
process.exit();
