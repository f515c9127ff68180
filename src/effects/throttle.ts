/**
 * Room for mails, shared by all workers. A worker takes room for a few mails at once and uses it within a second, so that few mails ask
 * the database. What finds no room is told when to come again; it holds nothing meanwhile.
 */
import pLimit from 'p-limit';
import { againLane, aheadMs, fewOf, mostPlaces, type Rank, usableToday } from '../domain/permits.ts';
import type { Limit } from '../domain/sending-limits.ts';
import { closeDb, createDb } from '../store/db.ts';
import { leasePermits, noteWaiting, openLimit, takePlaces } from '../store/mail-limits.ts';

/** Room that is not used within this time is lost, in milliseconds. */
const LASTS = 1_000;
/** The most mails that one statement takes room for; of a day, where room that is not used is missing later, fewer. */
const MOST = { rate: 50, day: 10 } as const;
/** So often room that others took meanwhile is looked for anew. */
const TRIES = 3;
/** Whose turn had come as the day was used up comes in the first hours of the next. Milliseconds. */
const NEXT_DAY_WITHIN = 6 * 3_600_000;
/** What is kept in memory can be found again: receiving domains are many. */
const MOST_KEPT = 5_000;

export interface Asked {
  /** The cadence or broadcast. */
  lane: string;
  /** What a person just asked for. */
  isAnswer?: boolean;
  /** It was told to come again, and its turn has come. */
  hasWaited: boolean;
  /** It found no room then, and was told again. */
  isAgain?: boolean;
  /** 0 up to 1. */
  draw: number;
}

export interface Wait {
  afterMs: number;
  limit: Limit;
  /** Its turn had come, and there was no room. */
  isAgain: boolean;
}

export interface Throttle {
  /** Takes room in every limit; null: it may leave now. Else when to ask again. */
  take(limits: readonly Limit[], asked: Asked): Promise<Wait | null>;
  close(): Promise<void>;
}

/** What this worker has of a limit. Times in epoch milliseconds. */
interface Room {
  left: number;
  leftUntil: number;
  size: number;
  usedUntil: number;
  usedToday: number;
}

/** What it knows of a cadence or broadcast in a limit. */
interface Lane {
  /** The last of those that wait does so until then. */
  waitsUntil: number;
  knownUntil: number;
  used: { since: number; mails: number };
  places: { next: number; step: number; left: number; until: number; size: number };
}

const newRoom = (): Room => ({ left: 0, leftUntil: 0, size: 1, usedUntil: 0, usedToday: 0 });
const newLane = (): Lane => ({
  waitsUntil: 0,
  knownUntil: 0,
  used: { since: 0, mails: 0 },
  places: { next: 0, step: 0, left: 0, until: 0, size: 1 },
});

function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  if (map.size >= MOST_KEPT) map.clear();
  const made = make();
  map.set(key, made);
  return made;
}

/** One connection of its own: it is asked while a turn holds one of the pool's, and whoever waited for another there might never get it. */
export function createThrottle(databaseUrl: string): Throttle {
  const db = createDb(databaseUrl, { max: 1 });
  const oneByOne = pLimit(1);
  const rooms = new Map<string, Room>();
  const lanes = new Map<string, Lane>();
  const roomOf = (limit: Limit): Room =>
    kept(rooms, limit.kind === 'day' ? `${limit.key} ${limit.day}` : limit.key, newRoom);
  const laneOf = (limit: Limit, lane: string): Lane => kept(lanes, `${limit.key}\n${lane}`, newLane);

  const hasRoom = (limit: Limit): boolean => roomOf(limit).left > 0 && roomOf(limit).leftUntil > Date.now();

  function useAll(limits: readonly Limit[], lane: string): boolean {
    if (!limits.every(hasRoom)) return false;
    for (const limit of limits) {
      roomOf(limit).left -= 1;
      const { used } = laneOf(limit, lane);
      if (used.since + fewOf(limit).withinMs < Date.now()) Object.assign(used, { since: Date.now(), mails: 0 });
      used.mails += 1;
    }
    return true;
  }

  function rankIn(limit: Limit, { lane, isAnswer, hasWaited }: Asked): Rank {
    if (isAnswer === true) return 'answer';
    const { used, waitsUntil } = laneOf(limit, lane);
    const few = fewOf(limit);
    const hasUsed = used.since + few.withinMs < Date.now() ? 0 : used.mails;
    if (waitsUntil <= Date.now() && hasUsed < few.mails) return 'few';
    return hasWaited ? 'due' : 'many';
  }

  /** The queues of its cadence or broadcast whose mails go first. */
  function lanesBefore({ kind }: Limit, { lane, isAnswer = false, hasWaited, isAgain = false }: Asked): string[] {
    if (isAnswer || isAgain) return [];
    // Of a day those who found no room come at times of their own.
    const again = kind === 'rate' ? [againLane(lane)] : [];
    return hasWaited ? again : [lane, ...again];
  }

  const isBehind = (limit: Limit, asked: Asked): boolean =>
    lanesBefore(limit, asked).some((lane) => laneOf(limit, lane).waitsUntil > Date.now());

  /** It is known, without asking for room that others could use. */
  function hasNoRoom(limit: Limit, asked: Asked): boolean {
    const now = Date.now();
    if (isBehind(limit, asked)) return true;
    return (
      !hasRoom(limit) &&
      laneOf(limit, asked.lane).knownUntil > now &&
      isUsedUp(limit, roomOf(limit), rankIn(limit, asked), now)
    );
  }

  /** Asks for room. Answers whether there is. */
  async function findRoom(limit: Limit, asked: Asked): Promise<boolean> {
    if (hasRoom(limit)) return true;
    const own = roomOf(limit);
    const now = Date.now();
    // Where all was used in time, twice as much is taken; where not, one at a time again.
    own.size = own.left === 0 && own.leftUntil > now ? Math.min(own.size * 2, MOST[limit.kind]) : 1;
    const behind = lanesBefore(limit, asked);
    const ask = { lane: asked.lane, behind, rank: rankIn(limit, asked), want: own.size, nowMs: now };
    let leased = await leasePermits(db, limit, ask);
    if (leased === null) {
      await openLimit(db, limit);
      leased = await leasePermits(db, limit, ask);
    }
    if (leased === null) return false;
    const { granted: left, usedForMs, usedToday, laneForMs, againForMs } = leased;
    Object.assign(own, { left, leftUntil: now + LASTS, usedUntil: now + usedForMs, usedToday });
    const known = { knownUntil: now + LASTS };
    Object.assign(laneOf(limit, asked.lane), { waitsUntil: now + laneForMs, ...known });
    Object.assign(laneOf(limit, againLane(asked.lane)), { waitsUntil: now + againForMs, ...known });
    return left > 0;
  }

  /** The next place among those of the lane that wait, in milliseconds from now. */
  async function place(limit: Limit, name: string): Promise<number> {
    const now = Date.now();
    const lane = laneOf(limit, name);
    const before = lane.places;
    if (before.left === 0 || before.until < now) {
      const size = before.left === 0 && before.until >= now ? Math.min(before.size * 2, mostPlaces(limit)) : 1;
      const fromMs = roomOpensAt(limit, roomOf(limit), now) - now;
      const { lastMs, stepMs: step } = await takePlaces(db, limit, { lane: name, places: size, fromMs });
      lane.places = { next: now + lastMs - (size - 1) * step, step, left: size, until: now + LASTS, size };
      Object.assign(lane, { waitsUntil: now + lastMs, knownUntil: now + LASTS });
    }
    const at = lane.places.next;
    lane.places.next += lane.places.step;
    lane.places.left -= 1;
    return Math.max(1, Math.ceil(at - now));
  }

  /** When somebody who found no room comes again. Whose turn it was does not go behind all others. */
  async function later(limit: Limit, { lane, hasWaited, draw }: Asked): Promise<Wait> {
    if (!hasWaited) return { limit, afterMs: await place(limit, lane), isAgain: false };
    if (limit.kind === 'rate') return { limit, afterMs: await place(limit, againLane(lane)), isAgain: true };
    const now = Date.now();
    const afterMs = Math.ceil(limit.endsMs - now + draw * NEXT_DAY_WITHIN);
    const again = laneOf(limit, againLane(lane));
    // For who asks what waits; so the last of them is enough.
    if (again.waitsUntil < now + afterMs) {
      await noteWaiting(db, limit, { lane: againLane(lane), forMs: afterMs });
      again.waitsUntil = now + afterMs;
    }
    return { limit, afterMs, isAgain: false };
  }

  async function find(limits: readonly Limit[], asked: Asked): Promise<Wait | null> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      // Room in the others is not taken for nothing: it would be lost.
      const full = limits.find((limit) => hasNoRoom(limit, asked));
      if (full !== undefined) return later(full, asked);
      for (const limit of limits) if (!(await findRoom(limit, asked))) return later(limit, asked);
      if (useAll(limits, asked.lane)) return null;
    }
    const [first] = limits;
    return first === undefined ? null : later(first, asked);
  }

  return {
    async take(limits, asked) {
      const { lane, isAnswer = false, hasWaited } = asked;
      // Of one that comes anew it must be known that nobody waits.
      const isNext = (limit: Limit): boolean =>
        !isBehind(limit, asked) && (isAnswer || hasWaited || laneOf(limit, lane).knownUntil > Date.now());
      if (limits.every(isNext) && useAll(limits, lane)) return null;
      return oneByOne(() => find(limits, asked));
    },
    close: () => closeDb(db),
  };
}

function isUsedUp(limit: Limit, { usedUntil, usedToday }: Room, rank: Rank, nowMs: number): boolean {
  return limit.kind === 'rate'
    ? usedUntil + limit.intervalMs > nowMs + aheadMs(limit.intervalMs, rank)
    : usedToday >= usableToday(limit, rank, nowMs);
}

/** When there is room again for those that wait. */
function roomOpensAt(limit: Limit, room: Room, nowMs: number): number {
  if (limit.kind === 'rate') return room.usedUntil - aheadMs(limit.intervalMs, 'many');
  return room.usedToday >= usableToday(limit, 'many', nowMs) ? limit.endsMs : nowMs;
}
