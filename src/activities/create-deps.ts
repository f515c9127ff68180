import { createThrottle } from '../effects/throttle.ts';
import { createWebhooks } from '../effects/http/signed-post.ts';
import { dkimOf } from '../email/dkim.ts';
import { createTransport } from '../email/transport.ts';
import type { Config } from '../runtime/config.ts';
import type { ActivityDeps } from './deps.ts';
import { mailSettings } from './mail-settings.ts';

/** SMTP connections of one worker. */
const SMTP_CONNECTIONS = 10;

interface Given extends Pick<ActivityDeps, 'db' | 'rules' | 'log'> {
  /** Without them the worker carries out no bulk command. */
  commands?: ActivityDeps['commands'];
}

const NO_COMMANDS: ActivityDeps['commands'] = {
  execute: () => Promise.reject(new Error('This worker was made without commands: it carries out no bulk command.')),
};

/**
 * Makes the dependencies of the activities from the configuration. The client of a new channel is made here, and nowhere else. `close`
 * closes what was made here; the database and the rules stay the caller's.
 */
export function createDeps(
  config: Config,
  { db, rules, log, commands = NO_COMMANDS }: Given,
): { deps: ActivityDeps; close(): Promise<void> } {
  const transport = createTransport(config.mail.smtpUrl, {
    maxConnections: SMTP_CONNECTIONS,
    requireTls: config.mail.requireTls,
    dkim: dkimOf(config.mail.dkim, config.mail.from),
  });
  const webhooks = createWebhooks(config.webhooks);
  const throttle = createThrottle(config.databaseUrl);
  return {
    deps: {
      rules,
      db,
      log,
      commands,
      mail: mailSettings(config, transport),
      webhooks,
      throttle,
      nameInDraws: (leadId) => leadId,
    },
    close: async () => {
      await transport.close();
      await webhooks.close();
      await throttle.close();
    },
  };
}
