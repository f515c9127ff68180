import { SENDING } from '../../domain/pauses.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { limitWait, pauseWait, refusalWait, type Wait } from '../../domain/waits.ts';
import { limitsNamed } from '../../domain/sending-limits.ts';
import type { Db } from '../db.ts';
import { withNames } from '../lists/names.ts';
import { readLimits } from '../mail-limits.ts';
import type { Broadcast } from './broadcasts.ts';

/** What keeps the messages of a broadcast waiting: a pause of all sending, receiving domains that refuse us, limits of sending. */
export async function waitsOf(
  db: Db,
  playbook: Pick<Playbook, 'sending' | 'senders' | 'defaultTimeZone'>,
  { id, key, status }: Pick<Broadcast, 'id' | 'key' | 'status'>,
): Promise<Wait[]> {
  if (status !== 'running' && status !== 'paused') return [];
  const [pauses, refusals, limits] = await Promise.all([
    db.pause.findMany({ where: { scope: SENDING } }),
    refusalsOf(db, id),
    readLimits(db),
  ]);
  const waiting = limits.filter(({ lane, waitingUntil }) => lane === `broadcast:${key}` && waitingUntil !== null);
  const words = limitsNamed(
    playbook,
    waiting.map(({ limitKey }) => limitKey),
    Date.now(),
  );
  const waits = [
    ...pauses.map(pauseWait),
    ...refusals.map(refusalWait),
    ...waiting.flatMap(({ limitKey, waitingUntil }) => {
      const of = words.get(limitKey);
      return of === undefined ? [] : [limitWait({ words: of, since: null, until: waitingUntil })];
    }),
  ];
  const named = await withNames(
    db,
    waits.map(({ what }) => what),
  );
  return waits.map((wait, n) => ({ ...wait, what: named[n] ?? wait.what }));
}

const SHOWN = 20;

/** Only recipients who were put off can wait for a receiver; those who are yet to be looked at are not read. */
async function refusalsOf(db: Db, broadcastId: string): Promise<Parameters<typeof refusalWait>[0][]> {
  if ((await db.mailRefusal.findFirst({ select: { receiver: true } })) === null) return [];
  return db.$queryRaw`
    SELECT m.receiver, m.since, m.until, m.refusals, m.reason, count(*)::int AS leads
    FROM broadcast_recipients r JOIN leads l ON l.id = r.lead_id
    JOIN mail_refusals m ON m.receiver = lower(substring(l.email FROM '@([^@]*)$'))
    WHERE r.broadcast_id = ${broadcastId} AND r.due_at > r.first_due_at
    GROUP BY m.receiver ORDER BY m.since, m.receiver LIMIT ${SHOWN}`;
}
