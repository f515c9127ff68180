import type { Logger } from 'pino';
import type { Throttle } from '../effects/throttle.ts';
import type { Webhooks } from '../effects/http/signed-post.ts';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import type { MailSettings } from '../email/mail-settings.ts';
import type { Db } from '../store/db.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';

/** The dependencies of the activities, made once for each worker. */
export interface ActivityDeps {
  db: Db;
  /** Read once by each activity. Code under the lead's lock reads `turn.rules`. */
  rules: RulesInForce;
  mail: MailSettings;
  webhooks: Webhooks;
  /** Room for mails to leads, shared with the other workers. */
  throttle: Throttle;
  /** Gives commands to leads' processes: what a bulk run does to each. @throws AppError COMMAND_PENDING */
  commands: { execute(leadId: string, command: LeadCommand): Promise<Verdict> };
  /**
   * The name by which a lead is drawn into the arm of a split, and has its share of a spread: its id. A simulation gives the name of its
   * persona and seed, so that it plays the same life each time.
   */
  nameInDraws(leadId: string): string;
  log: Logger;
}
