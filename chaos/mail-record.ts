/** What the sink writes down, and how it is told to misbehave: two files, which outlive its death. */
import { readFileSync } from 'node:fs';
import type { SmtpTrouble } from './plan.ts';
import type { TrackedLinks } from './tracked-links.ts';

export interface MailRecord {
  at: number;
  to: string;
  /** `X-Nurture-Send`. */
  sendId: string;
  /**
   * taken: the whole message came in and was kept, whether or not the sender was told so. lost: it came in and was not kept.
   * refused: it never came in.
   */
  fate: 'taken' | 'refused' | 'lost';
  /** What the sender heard: an SMTP code, or how it did not. */
  answer: string;
  /** Of a message that came in whole. */
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

function linesOf(file: string): string[] {
  try {
    // A process that was killed may have left half a line at the end; it had not answered then.
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}
