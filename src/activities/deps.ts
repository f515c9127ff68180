import type { Logger } from 'pino';
import type { Tokens } from '../crypto/tokens.ts';
import type { MailTransport } from '../email/transport.ts';
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

export interface MailSettings {
  transport: MailTransport;
  tokens: Tokens;
  from: { address: string; name?: string };
  companyName: string;
  postalAddress: string;
  publicUrl: string;
}
