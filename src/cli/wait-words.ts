import type { z } from 'zod';
import type { Waits } from '../api/schemas/waits.ts';
import { waitSentence } from '../domain/waits.ts';
import { dayAndTime } from '../domain/when.ts';

export type ShownWait = z.output<typeof Waits>;

/**
 * "All sending to leads is paused by admin: a wrong price (since Tue 01 Dec 2026 09:00 Europe/Berlin). To end it: npx nurture sending resume"
 * @param zone IANA zone of the times in it
 */
export function waitInWords(wait: Omit<ShownWait, 'ref'>, zone: string): string {
  const at = (instant: string | null): string | null => instant && dayAndTime(instant, zone);
  return waitSentence(wait, { since: at(wait.since), until: at(wait.until), zone });
}
