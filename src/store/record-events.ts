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

export const MAX_EVENTS = 500;
const MAX_ID_LENGTH = 200;
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
 * Records events of any number of leads in one transaction: each is stored once, scored, and may qualify its lead or end
 * what the lead waits for. One bad item is rejected and loses none of the others.
 *
 * @throws AppError VALIDATION_FAILED for more than 500 items
 */
export async function recordEvents(ctx: StoreContext, inputs: readonly EventInput[]): Promise<RecordEventsResult> {
  if (inputs.length > MAX_EVENTS) {
    throw new AppError('VALIDATION_FAILED', `At most ${MAX_EVENTS} events at a time.`);
  }
  const items: ItemResult[] = [];
  const candidates: Candidate[] = [];
  const seen = new Set<string>();
  inputs.forEach((input, index) => {
    const id = input.id ?? newId('event');
    const reason = unusableBecause(input);
    if (reason !== null)
      items[index] = { status: 'rejected', id: input.id ?? null, code: 'VALIDATION_FAILED', message: reason };
    else if (seen.has(id)) items[index] = { status: 'duplicate', id };
    else {
      seen.add(id);
      const leadId = input.leadId ?? null;
      const email = leadId === null ? (input.email?.trim().toLowerCase() ?? null) : null;
      candidates.push({ index, id, leadId, email, input });
    }
  });
  if (candidates.length === 0) return { items, ringIds: [] };
  return transact(ctx.db, async (tx) => {
    const answers = [...items];
    const ringIds = await recordCandidates(tx, ctx, candidates, answers);
    return { items: answers, ringIds };
  });
}

async function recordCandidates(
  tx: Tx,
  ctx: StoreContext,
  candidates: readonly Candidate[],
  answers: ItemResult[],
): Promise<string[]> {
  const ids = new Set(candidates.flatMap(({ leadId }) => leadId ?? []));
  const emails = new Set(candidates.flatMap(({ email }) => email ?? []));
  const leads = await lockLeadsNamed(tx, [...ids], [...emails]);
  const byName = new Map<string, Lead>();
  for (const lead of leads) {
    byName.set(lead.id, lead);
    if (lead.email !== null) byName.set(lead.email, lead);
  }
  const realNowMs = ctx.realNow();
  const known: { candidate: Candidate; event: NewEvent }[] = [];
  for (const candidate of candidates) {
    const lead = byName.get(candidate.leadId ?? candidate.email ?? '');
    if (lead !== undefined) known.push({ candidate, event: eventOf(candidate, lead, realNowMs) });
    else {
      answers[candidate.index] = {
        status: 'rejected',
        id: candidate.input.id ?? null,
        code: 'LEAD_UNKNOWN',
        message: `There is no lead with this ${candidate.leadId === null ? 'email' : 'id'}.`,
      };
    }
  }
  const { inserted, ringIds } = await ingest(
    tx,
    ctx,
    leads,
    known.map(({ event }) => event),
    realNowMs,
  );
  for (const { candidate } of known) {
    answers[candidate.index] = { status: inserted.has(candidate.id) ? 'accepted' : 'duplicate', id: candidate.id };
  }
  return ringIds;
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
