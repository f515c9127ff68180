import type { Logger } from 'pino';
import { createWebhooks } from '../effects/http/signed-post.ts';
import { createTransport } from '../email/transport.ts';
import type { Config } from '../runtime/config.ts';
import type { Db } from '../store/db.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';
import type { ActivityDeps } from './deps.ts';
import { mailSettings } from './mail-settings.ts';

/** SMTP connections of one worker. */
const SMTP_CONNECTIONS = 10;

/**
 * Makes the dependencies of the activities from the configuration. The client of a new channel is made here, and nowhere else. `close`
 * closes what was made here; the database and the rules stay the caller's.
 */
export function createDeps(
  config: Config,
  { db, rules, log }: { db: Db; rules: RulesInForce; log: Logger },
): { deps: ActivityDeps; close(): Promise<void> } {
  const transport = createTransport(config.mail.smtpUrl, { maxConnections: SMTP_CONNECTIONS });
  const webhooks = createWebhooks(config.webhooks);
  return {
    deps: { rules, db, log, mail: mailSettings(config, transport), webhooks },
    close: async () => {
      await transport.close();
      await webhooks.close();
    },
  };
}
