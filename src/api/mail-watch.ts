/** What the watches that mail people of ours have in common. */
import type { Logger } from 'pino';
import { presentable } from '../domain/stated-words.ts';
import type { Mailbox } from '../email/message.ts';
import type { MailTransport } from '../email/transport.ts';
import type { StoreContext } from '../store/context.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';

export interface MailWatchOptions {
  db: StoreContext['db'];
  rules: RulesInForce;
  log: Pick<Logger, 'warn'>;
  mail: { transport: MailTransport; from: Mailbox; publicUrl: string };
  realNow?: () => number;
  /** Pause between two looks. Milliseconds. */
  everyMs?: number;
}

/** A lead of a list in a mail, by name and company as far as they are known: "Ada Byron, Byron Vines". */
export function leadInWords(lead: {
  firstName: string | null;
  lastName: string | null;
  company: string | null;
}): string {
  const { firstName, lastName, company } = presentable({ ...lead, jobTitle: null });
  const name = [firstName, lastName].filter(Boolean).join(' ');
  const words = [name, company].filter(Boolean).join(', ');
  return words === '' ? 'A lead without a name' : words;
}
