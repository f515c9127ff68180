import { dueAtMs } from '../../domain/broadcast-times.ts';
import { usableToday } from '../../domain/permits.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { limitsOf } from '../../domain/sending-limits.ts';
import { senderFor } from '../../domain/sender.ts';
import type { Db } from '../db.ts';
import { readUsed } from '../mail-limits.ts';
import { templateByHash } from '../process/templates.ts';
import { parseTemplate } from '../stored/template.ts';
import type { Broadcast } from './broadcasts.ts';

/** How many messages of a broadcast find room on a day, where a sender warms up. */
export interface DayRoom {
  /** What is limited, in words. */
  words: string;
  mails: number;
}

/** Of the limit with the least room on the day on which the broadcast begins; null: no day has a limit. */
export async function dayRoom(
  db: Db,
  playbook: Pick<Playbook, 'sending' | 'senders' | 'defaultTimeZone'>,
  { topic, variants: [variant], schedule }: Pick<Broadcast, 'topic' | 'variants' | 'schedule'>,
  realNowMs: number,
): Promise<DayRoom | null> {
  const template = variant === undefined ? null : await templateByHash(db, db, variant.hash, parseTemplate);
  const sender = senderFor(playbook.senders, template ?? { topic });
  const atMs = dueAtMs(schedule, 'utc', realNowMs);
  const days = limitsOf(playbook, { sender, domain: '' }, atMs).filter((limit) => limit.kind === 'day');
  const rooms = await Promise.all(
    days.map(async (limit) => {
      const used = await readUsed(db, limit);
      return { words: limit.words, mails: Math.max(0, usableToday(limit, 'many', atMs) - used) };
    }),
  );
  return rooms.toSorted((a, b) => a.mails - b.mails)[0] ?? null;
}
