import pg from 'pg';

import type { ErrorCode } from '../domain/errors.ts';
import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { leadNow, occurredAtMs } from './clock.ts';
import type { StoreContext } from './context.ts';
import { transact, type Tx } from './db.ts';
import type { Lead } from './generated/client.ts';
import { ingest, type NewEvent } from './ingest.ts';
import { lockLeadsNamed } from './lock.ts';
import { unstorableBecause } from './storable.ts';

/** A fact about a lead, as a sender states it. The lead is named by id or, without one, by email. */
export interface EventInput {
  /** Given by the sender so that a repeat counts once; made here without one. */
  id?: string;
  leadId?: string;
  email?: string;
  type: string;
  properties?: Readonly<Record<string, unknown>>;
  /** On the lead's clock; now without it. */
  occurredAt?: Date;
}

/** The answer for one item, in the order of the items. */
export type ItemResult =
  | { status: 'accepted' | 'duplicate'; id: string }
  | { status: 'rejected'; id: string | null; code: ErrorCode; message: string };

export interface RecordEventsResult {
  items: ItemResult[];
  /** Outbox rows that were written: to be handed to the relay after the commit. */
  ringIds: string[];
}

/** Records events of one call. @throws AppError VALIDATION_FAILED for more than 500 */
export type RecordEvents = (inputs: readonly EventInput[]) => Promise<RecordEventsResult>;

export const MAX_EVENTS = 500;
/** What the API takes, and the key's id before it. */
const MAX_ID_LENGTH = 300;
const MAX_TYPE_LENGTH = 100;
/** Earlier is a broken clock, and no time in PostgreSQL either for the extremes. */
const EARLIEST_MS = Date.UTC(1970, 0, 1);

/** An item that can be stored, with its place in the batch. */
interface Candidate {
  index: number;
  id: string;
  leadId: string | null;
  email: string | null;
  input: EventInput;
}

/**
 * Records events of any number of leads: each is stored once, scored, and may qualify its lead or end what the lead waits for.
 * One bad item is rejected and loses none of the others. What comes in while a transaction is under way shares the next: a
 * page that sends its events one by one costs little more than one that gathers them, and nobody waits who would not wait anyway.
 */
export function createEventRecorder(ctx: StoreContext): RecordEvents {
  const waiting: Waiting[] = [];
  let underWay = 0;

  async function recordNext(): Promise<void> {
    underWay += 1;
    while (waiting.length > 0) {
      const calls = takeUpTo(waiting, MAX_EVENTS);
      try {
        const results = await recordJudged(
          ctx,
          calls.map(({ judged }) => judged),
        );
        calls.forEach((call, n) => call.resolve(results[n] ?? { items: call.judged.items, ringIds: [] }));
      } catch (error) {
        if (calls.length > 1 && isAboutData(error)) await recordEach(ctx, calls);
        else for (const call of calls) call.reject(error);
      }
    }
    underWay -= 1;
  }

  return async (inputs) => {
    const judged = judge(inputs);
    if (judged.candidates.length === 0) return { items: judged.items, ringIds: [] };
    if (waiting.length >= MOST_WAITING) throw new AppError('TOO_BUSY', 'More events come in than can be recorded.');
    const { promise, resolve, reject } = Promise.withResolvers<RecordEventsResult>();
    waiting.push({ judged, resolve, reject });
    if (underWay < TRANSACTIONS_AT_ONCE) void recordNext();
    return promise;
  };
}

/** Of one process: while two wait for the disk, more would only be smaller. */
const TRANSACTIONS_AT_ONCE = 2;

/** Calls; seconds of work. More would wait longer than their callers do. */
const MOST_WAITING = 1_000;

interface Waiting {
  judged: Judged;
  resolve: (result: RecordEventsResult) => void;
  reject: (error: unknown) => void;
}

/** The first calls of a queue that together have at most so many events; one at least. */
function takeUpTo(waiting: Waiting[], most: number): Waiting[] {
  let events = 0;
  const end = waiting.findIndex(({ judged }, n) => (events += judged.candidates.length) > most && n > 0);
  return waiting.splice(0, end === -1 ? waiting.length : end);
}

/** Something in one call cannot be stored: it alone is to fail. */
async function recordEach(ctx: StoreContext, calls: readonly Waiting[]): Promise<void> {
  for (const { judged, resolve, reject } of calls) {
    await recordJudged(ctx, [judged]).then(([result]) => {
      if (result !== undefined) resolve(result);
    }, reject);
  }
}

/** PostgreSQL's classes 22 and 23: data and integrity. */
function isAboutData(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');
}

/** What one call stated: answers to what cannot be stored, and the rest. */
interface Judged {
  items: ItemResult[];
  candidates: Candidate[];
}

function judge(inputs: readonly EventInput[]): Judged {
  if (inputs.length > MAX_EVENTS) {
    throw new AppError('VALIDATION_FAILED', `At most ${MAX_EVENTS} events at a time.`);
  }
  const items: ItemResult[] = [];
  const candidates: Candidate[] = [];
  inputs.forEach((input, index) => {
    const id = input.id ?? newId('event');
    const reason = unusableBecause(input);
    if (reason !== null)
      items[index] = { status: 'rejected', id: input.id ?? null, code: 'VALIDATION_FAILED', message: reason };
    else {
      const leadId = input.leadId ?? null;
      const email = leadId === null ? (input.email?.trim().toLowerCase() ?? null) : null;
      candidates.push({ index, id, leadId, email, input });
    }
  });
  return { items, candidates };
}

/** Several calls in one transaction; the answers in their order. */
async function recordJudged(ctx: StoreContext, calls: readonly Judged[]): Promise<RecordEventsResult[]> {
  const candidates = calls.flatMap((call) => call.candidates);
  if (candidates.length === 0) return calls.map(({ items }) => ({ items, ringIds: [] }));
  return transact(ctx.db, async (tx) => {
    const { answers, ringIds } = await recordCandidates(tx, ctx, candidates);
    return calls.map((call, n) => {
      const items = [...call.items];
      for (const candidate of call.candidates) items[candidate.index] = answers.get(candidate) ?? never(candidate);
      // Every ring is handed on once, whichever call is told of it.
      return { items, ringIds: n === 0 ? ringIds : [] };
    });
  });
}

function never(candidate: Candidate): never {
  throw new Error(`Event ${candidate.id} got no answer`);
}

async function recordCandidates(
  tx: Tx,
  ctx: StoreContext,
  candidates: readonly Candidate[],
): Promise<{ answers: Map<Candidate, ItemResult>; ringIds: string[] }> {
  const ids = new Set(candidates.flatMap(({ leadId }) => leadId ?? []));
  const emails = new Set(candidates.flatMap(({ email }) => email ?? []));
  const leads = await lockLeadsNamed(tx, [...ids], [...emails]);
  const byName = new Map<string, Lead>();
  for (const lead of leads) {
    byName.set(lead.id, lead);
    if (lead.email !== null) byName.set(lead.email, lead);
  }
  const realNowMs = ctx.realNow();
  const answers = new Map<Candidate, ItemResult>();
  const known: { candidate: Candidate; event: NewEvent }[] = [];
  for (const candidate of candidates) {
    const lead = byName.get(candidate.leadId ?? candidate.email ?? '');
    if (lead === undefined) answers.set(candidate, unknownLead(candidate));
    else known.push({ candidate, event: eventOf(candidate, lead, realNowMs) });
  }
  // One call, or two at once, may state the same event twice: the first of a known lead counts.
  const first = new Map(known.toReversed().map(({ candidate, event }) => [candidate.id, event]));
  const { inserted, ringIds } = await ingest(tx, ctx, leads, [...first.values()].toReversed(), realNowMs);
  for (const { candidate, event } of known) {
    const isNew = inserted.has(candidate.id) && first.get(candidate.id) === event;
    answers.set(candidate, { status: isNew ? 'accepted' : 'duplicate', id: candidate.id });
  }
  return { answers, ringIds };
}

function unknownLead({ input, leadId }: Candidate): ItemResult {
  return {
    status: 'rejected',
    id: input.id ?? null,
    code: 'LEAD_UNKNOWN',
    message: `There is no lead with this ${leadId === null ? 'email' : 'id'}.`,
  };
}

function eventOf(candidate: Candidate, lead: Lead, realNowMs: number): NewEvent {
  return {
    id: candidate.id,
    leadId: lead.id,
    type: candidate.input.type,
    properties: candidate.input.properties ?? {},
    machine: false,
    sendId: null,
    occurredAtMs: occurredAtMs(candidate.input.occurredAt, leadNow(lead, realNowMs)),
  };
}

function unusableBecause(input: EventInput): string | null {
  if (input.leadId === undefined && input.email === undefined) return 'An event names its lead by leadId or email.';
  if (input.type === '' || input.type.length > MAX_TYPE_LENGTH) {
    return `The type of an event has 1 to ${MAX_TYPE_LENGTH} characters.`;
  }
  if (input.id !== undefined && (input.id === '' || input.id.length > MAX_ID_LENGTH)) {
    return `The id of an event has 1 to ${MAX_ID_LENGTH} characters.`;
  }
  // The comparison is false for an invalid date, too.
  if (input.occurredAt !== undefined && !(input.occurredAt.getTime() >= EARLIEST_MS)) {
    return 'occurredAt is not a time of this age.';
  }
  const reason = unstorableBecause([input.id, input.type, input.leadId, input.email, input.properties]);
  return reason === null ? null : `The event cannot be stored: ${reason}.`;
}
