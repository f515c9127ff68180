/** The limits of sending and what is used of them. */
import type { Playbook } from '../../domain/playbook.ts';
import { type Limit, limitsOf, statedLimits } from '../../domain/sending-limits.ts';
import type { LimitRow } from '../../store/mail-limits.ts';

export interface LimitView {
  limit: string;
  /** In words. */
  atMost: string;
  /** Mails that were counted today: by the default time zone of the playbook for a warm-up, else by UTC. */
  usedToday: number;
  /** Of a receiving domain that is counted by the rate of every other domain for itself: the limit that says so. */
  of: string | null;
  waiting: { what: string; until: string }[];
}

/** Those that the playbook states, and receiving domains that are counted by the rate of all others. */
export function limitViews(
  playbook: Pick<Playbook, 'sending' | 'senders' | 'defaultTimeZone'>,
  rows: readonly LimitRow[],
  nowMs: number,
): LimitView[] {
  const stated = statedLimits(playbook, nowMs);
  const known = new Set(stated.map(({ key }) => key));
  const others = rows
    .filter(({ limitKey, lane }) => lane === '' && limitKey.startsWith('domain:') && !known.has(limitKey))
    .flatMap(({ limitKey }) =>
      limitsOf(playbook, { sender: undefined, domain: limitKey.slice('domain:'.length) }, nowMs).filter(
        ({ key }) => key === limitKey,
      ),
    );
  const today = new Date(nowMs).toISOString().slice(0, 10);
  return [
    ...stated.map((limit) => ({ ...viewOf(limit, rows, today), of: null })),
    ...others.map((limit) => ({ ...viewOf(limit, rows, today), of: EACH_OTHER_DOMAIN })),
  ];
}

const EACH_OTHER_DOMAIN = 'domain:*';

function viewOf(limit: Limit, rows: readonly LimitRow[], today: string): Omit<LimitView, 'of'> {
  const own = rows.filter(({ limitKey }) => limitKey === limit.key);
  const count = own.find(({ lane }) => lane === '');
  const isToday = count?.day === (limit.kind === 'day' ? limit.day : today);
  return {
    limit: limit.key,
    atMost: limit.words,
    usedToday: isToday ? (count?.usedToday ?? 0) : 0,
    waiting: own.flatMap(({ lane, waitingUntil }) =>
      lane === '' || waitingUntil === null ? [] : [{ what: lane, until: waitingUntil.toISOString() }],
    ),
  };
}
