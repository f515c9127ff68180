/** The two files of the mail server: its record, and the instructions to misbehave. They outlive a killed server. */
import { linesOf } from './lines-of.ts';
import type { SmtpTrouble } from './plan.ts';
import type { TrackedLinks } from './tracked-links.ts';

export interface MailRecord {
  at: number;
  to: string;
  /** `X-Nurture-Send`. */
  sendId: string;
  /**
   * taken: the whole message arrived and was kept, whether or not the sender got the answer. lost: it arrived and was not kept.
   * refused: it did not arrive.
   */
  fate: 'taken' | 'refused' | 'lost';
  /** The answer to the sender: an SMTP code, or why there was none. */
  answer: string;
  /** Set for a message that arrived completely. */
  links?: TrackedLinks;
}

export interface Misbehavior {
  trouble: SmtpTrouble | null;
  share: number;
}

export function readMails(file: string): MailRecord[] {
  return linesOf(file).map((line) => JSON.parse(line) as MailRecord);
}

export function readMisbehavior(file: string): Misbehavior {
  const [line] = linesOf(file);
  return line === undefined ? { trouble: null, share: 0 } : (JSON.parse(line) as Misbehavior);
}
