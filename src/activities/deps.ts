import type { Logger } from 'pino';
import type { Playbook } from '../domain/playbook.ts';
import type { TemplateSource } from '../email/template-source.ts';
import type { Tokens } from '../crypto/tokens.ts';
import type { MailTransport } from '../email/transport.ts';
import type { Db } from '../store/db.ts';

/** What the activities work with; made once per worker. */
export interface ActivityDeps {
  db: Db;
  playbook: Playbook;
  /** Templates as they are in the folder now: for mails to reps. Mails of a cadence use the revision's. */
  templates: ReadonlyMap<string, TemplateSource>;
  /** Current revision of each cadence, by key. */
  revisions: ReadonlyMap<string, string>;
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
