import type { Logger } from 'pino';
import type { MailSettings } from '../email/mail-settings.ts';
import type { Db } from '../store/db.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';

/** What the activities work with; made once per worker. */
export interface ActivityDeps {
  db: Db;
  /** Asked once an activity; what is done under the lead's lock reads `turn.rules`. */
  rules: RulesInForce;
  mail: MailSettings;
  log: Logger;
}
