/**
 * A queue of calls with events. Calls that come in during a transaction share the next one. A call that would make the others wait or
 * fail is taken out and recorded separately.
 */
import pg from 'pg';

import { AppError } from '../../domain/errors.ts';
import type { Db } from '../db.ts';
import { leadsHeld } from '../lock.ts';
import type { CheckedInputs, RecordEventsResult } from './event-batch.ts';

/** Records several calls in one transaction; the answers in their order. Waits for the lock of a lead for a second at most. */
type RecordTogether = (calls: readonly CheckedInputs[]) => Promise<RecordEventsResult[]>;

interface Waiting {
  checked: CheckedInputs;
  /** Ids and addresses of the call's leads. */
  names: readonly string[];
  /** Time of `performance`. */
  sinceMs: number;
  resolve: (result: RecordEventsResult) => void;
  reject: (error: unknown) => void;
}

/** Transactions at once in one process. More would only make each of them smaller. */
const TRANSACTIONS_AT_ONCE = 2;
/** The most events in memory: three or four seconds of work. Callers do not wait longer than that. */
const MOST_EVENTS = 10_000;
/** The most calls in memory: a call with one or two events keeps a connection open and costs more than its events. */
const MOST_CALLS = 1_000;
/** Longest wait for a locked lead, in milliseconds: the statement time-out. */
const HELD_MS = 15_000;
const LOOK_EVERY_MS = 200;

/**
 * Adds a call, and answers once it is recorded. `most`: events that share a transaction.
 *
 * @throws AppError TOO_BUSY when too many wait, or somebody holds a lead of the call for too long
 */
export function createEventQueue(
  db: Db,
  record: RecordTogether,
  most: number,
): (checked: CheckedInputs) => Promise<RecordEventsResult> {
  const waiting: Waiting[] = [];
  /** Calls that wait for locked leads. They wait without a transaction, which would lock their other leads. */
  const aside: Waiting[] = [];
  /** Ids and addresses of those leads, as of the last look. */
  let held: ReadonlySet<string> = new Set();
  /** The calls without an answer yet. */
  const taken = { calls: 0, events: 0 };
  let underWay = 0;
  let looking = Promise.resolve();
  let nextLook: NodeJS.Timeout | undefined;
  const namesHeld = ({ names }: Waiting): boolean => names.some((name) => held.has(name));

  function wake(): void {
    while (waiting.length > 0 && underWay < TRANSACTIONS_AT_ONCE) void takeAll();
  }

  async function takeAll(): Promise<void> {
    underWay += 1;
    while (waiting.length > 0) {
      const calls = takeUpTo(waiting, most);
      aside.push(...calls.filter(namesHeld));
      await recordTogether(calls.filter((call) => !namesHeld(call)));
    }
    underWay -= 1;
  }

  async function recordTogether(calls: readonly Waiting[]): Promise<void> {
    if (calls.length === 0) return;
    try {
      const results = await record(calls.map(({ checked }) => checked));
      calls.forEach((call, n) => call.resolve(results[n] ?? { items: call.checked.items, ringIds: [] }));
    } catch (error) {
      if (isLockTimeout(error)) {
        aside.push(...calls);
        await look();
      }
      // Something in one of the calls cannot be stored. Only that call must fail.
      else if (calls.length > 1 && isAboutData(error)) for (const call of calls) await recordTogether([call]);
      else rejectAll(calls, error);
    }
  }

  /** Checks run one after the other; each checks all waiting calls. */
  function look(): Promise<void> {
    return (looking = looking.then(sortOut));
  }

  /** Calls whose leads are free go on, before all others. Calls that waited too long get an error. */
  async function sortOut(): Promise<void> {
    const calls = aside.splice(0);
    const late = calls.filter(({ sinceMs }) => performance.now() - sinceMs > HELD_MS);
    rejectAll(late, new AppError('TOO_BUSY', 'Another request is working on a lead of these events.'));
    const early = calls.filter((call) => !late.includes(call));
    try {
      const leads = await leadsHeld(db, [...new Set(early.flatMap(({ names }) => names))]);
      held = new Set(leads.flatMap(({ id, email }) => [id, email ?? id]));
      aside.push(...early.filter(namesHeld));
      waiting.unshift(...early.filter((call) => !namesHeld(call)));
    } catch (error) {
      held = new Set();
      rejectAll(early, error);
    }
    if (aside.length > 0) nextLook ??= setTimeout(lookAgain, LOOK_EVERY_MS);
    wake();
  }

  function lookAgain(): void {
    nextLook = undefined;
    void look();
  }

  return async (checked) => {
    const events = checked.candidates.length;
    if (taken.calls >= MOST_CALLS || taken.events + events > MOST_EVENTS)
      throw new AppError('TOO_BUSY', 'More events come in than can be recorded.');
    const { promise, resolve, reject } = Promise.withResolvers<RecordEventsResult>();
    const names = checked.candidates.flatMap(({ leadId, email }) => leadId ?? email ?? []);
    waiting.push({ checked, names, sinceMs: performance.now(), resolve, reject });
    taken.calls += 1;
    taken.events += events;
    wake();
    return promise.finally(() => {
      taken.calls -= 1;
      taken.events -= events;
    });
  };
}

/** The first calls of a queue that together have at most so many events; one at least. */
function takeUpTo(waiting: Waiting[], most: number): Waiting[] {
  let events = 0;
  const end = waiting.findIndex(({ checked }, n) => (events += checked.candidates.length) > most && n > 0);
  return waiting.splice(0, end === -1 ? waiting.length : end);
}

function rejectAll(calls: readonly Waiting[], error: unknown): void {
  for (const call of calls) call.reject(error);
}

/** PostgreSQL's classes 22 and 23: data and integrity. */
function isAboutData(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55P03';
}
