/** Runs commands on a running stack, and stops the stack in order whatever happens. */
import pc from 'picocolors';

import type { Config } from '../runtime/config.ts';
import { DEVELOPMENT_ADMIN_KEY } from '../runtime/development-keys.ts';
import { mailProblem } from '../email/mail-check.ts';
import { onInterruption, untilSignal } from '../stack/interruption.ts';
import { createProgress } from '../stack/progress.ts';
import type { SupervisorUse } from '../stack/run-files.ts';
import { startStack, type Stack } from '../stack/supervisor.ts';
import { readFolders } from '../playbook/read-folders.ts';
import { developmentSignIn } from './development-sign-in.ts';
import { publishAtStart, publishWhileRunning } from './publish-in-development.ts';

/**
 * Runs `work` while the stack is up. Ctrl-C, SIGTERM or a closed terminal abort `signal`. Further signals change nothing: each part
 * has its own time limit to stop.
 */
export async function withStack(
  config: Config,
  options: { quiet?: boolean; use?: SupervisorUse },
  work: (stack: Stack, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const progress = createProgress(process.stderr);
  let isUp = false;
  const interrupted = onInterruption(() => progress.say(isUp ? '\nStopping …' : '\nStopping before it was up …'));

  // In production nothing is published by starting: see docs/playbook.md.
  const publishes = config.env !== 'production';
  const say = (text: string): void => progress.say(text);
  // Checked before anything is started: a mistake in the playbook is the most likely reason for a failed start.
  if (publishes && config.publishOnSave) await readFolders(config);
  progress.say(`${pc.bold('nurture-engine')} is starting; its data are in ${config.dataDir}`);
  const since = Date.now();
  const stack = await startStack(config, {
    progress,
    signal: interrupted,
    use: options.use ?? 'stack',
    ...(publishes ? { beforeEntries: (ready: Config) => publishAtStart(ready, say) } : {}),
  });
  isUp = true;
  const stopPublishing = publishes && config.publishOnSave ? publishWhileRunning(stack.config, say) : null;
  try {
    progress.say(`Ready after ${((Date.now() - since) / 1000).toFixed(1)} s.`);
    if (options.quiet !== true) progress.say(await describe(stack));
    // The worker's log says it as well; whoever starts looks here.
    const problem = stack.config.embedded.mail ? null : await mailProblem(stack.config.mail);
    if (problem !== null) progress.say(pc.yellow(problem));
    await Promise.race([work(stack, interrupted), untilSignal(interrupted)]);
  } finally {
    await stopPublishing?.();
    await stack.stop();
    progress.say('Stopped.');
  }
}

async function consoleRows({ config, urls }: Stack): Promise<[string, string][]> {
  const page = `${urls.api}/console`;
  if (config.env === 'production' || !config.embedded.postgres)
    return [['Console', `${page} (the link to sign in comes by mail; docs/console.md)`]];
  const { url, email } = await developmentSignIn(config);
  return [
    ['Console', url],
    ['', `signs ${email} in, once, within ten minutes; then: npx nurture users link ${email}`],
  ];
}

/** The addresses of the running stack, in words. */
async function describe(stack: Stack): Promise<string> {
  const { config, urls } = stack;
  const rows: [string, string][] = [
    ['API', urls.api],
    ['API docs', urls.docs],
    ...(await consoleRows(stack)),
    ['Temporal UI', urls.temporalUi],
    ...(urls.mail === undefined ? [] : [['Mail inbox', urls.mail] as [string, string]]),
    ...(config.adminApiKey === DEVELOPMENT_ADMIN_KEY
      ? [['Admin API key', `${DEVELOPMENT_ADMIN_KEY} (development only)`] as [string, string]]
      : []),
  ];
  return `${rows.map(([name, value]) => `  ${name.padEnd(14)} ${pc.cyan(value)}`).join('\n')}\nCtrl-C stops it.`;
}
