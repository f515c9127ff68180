import { AppError } from '../../domain/errors.ts';
import { newId } from '../../domain/ids.ts';
import { isAhead, leadNow, occurredAtMs } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import { storedEventId } from './event-id.ts';
import { createEventQueue } from './event-queue.ts';
import type { Candidate, EventInput, ItemResult, CheckedInputs, RecordEventsResult } from './event-batch.ts';
import type { Lead } from '../generated/client.ts';
import { ingest, type NewEvent } from './ingest.ts';
import { isSameFact } from './new-event.ts';
import { lockLeadsNamed, waitBriefly } from '../lock.ts';
import { unstorableBecause } from '../storable.ts';

/** Records events of one call. @throws AppError VALIDATION_FAILED for more than 500 */
export type RecordEvents = (inputs: readonly EventInput[]) => Promise<RecordEventsResult>;

export const MAX_EVENTS = 500;
const MAX_ID_LENGTH = 200;
const MAX_SOURCE_LENGTH = 200;
const MAX_TYPE_LENGTH = 100;
/** An earlier time comes from a broken clock, and PostgreSQL cannot store extreme ones. */
const EARLIEST_MS = Date.UTC(1970, 0, 1);

/**
 * Records events of any number of leads: each is stored once, scored, and may qualify its lead or end what the lead waits for.
 * A bad item is rejected without losing the others. Calls that come in during a transaction share the next one, so a page that sends
 * its events one by one costs little more than one that collects them, and no call waits longer than it would anyway.
 */
export function createEventRecorder(ctx: StoreContext): RecordEvents {
  const queue = createEventQueue(ctx.db, (calls) => recordChecked(ctx, calls), MAX_EVENTS);
  return async (inputs) => {
    const checked = checkInputs(inputs);
    return checked.candidates.length === 0 ? { items: checked.items, ringIds: [] } : queue(checked);
  };
}

function checkInputs(inputs: readonly EventInput[]): CheckedInputs {
  if (inputs.length > MAX_EVENTS) {
    throw new AppError('VALIDATION_FAILED', `At most ${MAX_EVENTS} events at a time.`);
  }
  const items: ItemResult[] = [];
  const candidates: Candidate[] = [];
  inputs.forEach((input, index) => {
    const reason = unusableBecause(input);
    if (reason !== null)
      items[index] = { status: 'rejected', id: input.id ?? null, code: 'VALIDATION_FAILED', message: reason };
    else {
      const leadId = input.leadId ?? null;
      const email = leadId === null ? (input.email?.trim().toLowerCase() ?? null) : null;
      candidates.push({ index, id: idOf(input), leadId, email, input });
    }
  });
  return { items, candidates };
}

function idOf({ id, source }: EventInput): string {
  if (id === undefined) return newId('event');
  return source === undefined ? id : storedEventId(source, id);
}

/** Several calls in one transaction; the answers in their order. */
async function recordChecked(ctx: StoreContext, calls: readonly CheckedInputs[]): Promise<RecordEventsResult[]> {
  const candidates = calls.flatMap((call) => call.candidates);
  if (candidates.length === 0) return calls.map(({ items }) => ({ items, ringIds: [] }));
  return transact(ctx.db, async (tx) => {
    const { answers, ringIds } = await recordCandidates(tx, ctx, candidates);
    return calls.map((call, n) => {
      const items = [...call.items];
      for (const candidate of call.candidates) items[candidate.index] = answers.get(candidate) ?? never(candidate);
      // Each outbox id goes to one of the calls, so that it is rung once.
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
  const [, leads] = await Promise.all([waitBriefly(tx), lockLeadsNamed(tx, [...ids], [...emails])]);
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
  // The same event may be in one call twice, or in two calls. The first one of a known lead counts.
  const first = new Map(known.toReversed().map(({ candidate, event }) => [candidate.id, event]));
  const { inserted, held, ringIds } = await ingest(
    tx,
    ctx.rules.current(),
    leads,
    [...first.values()].toReversed(),
    realNowMs,
  );
  for (const { candidate, event } of known) {
    const id = candidate.input.id ?? candidate.id;
    const counts = first.get(candidate.id) ?? event;
    const isNew = inserted.has(candidate.id) && counts === event;
    const isRepeat = isSameFact(event, held.get(candidate.id) ?? counts);
    answers.set(
      candidate,
      isNew
        ? { status: 'accepted', id, ...noteOn(candidate, event) }
        : isRepeat
          ? { status: 'duplicate', id }
          : idTaken(id),
    );
  }
  return { answers, ringIds };
}

function noteOn({ input }: Candidate, event: NewEvent): { note?: string } {
  if (!isAhead(input.occurredAt, event.occurredAtMs)) return {};
  return { note: `occurredAt is in the future: ${new Date(event.occurredAtMs).toISOString()} was taken instead.` };
}

function idTaken(id: string): ItemResult {
  const message = 'This source has already used this id for another lead or another event type.';
  return { status: 'rejected', id, code: 'EVENT_ID_TAKEN', message };
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
    ...(candidate.input.id === undefined ? {} : { givenId: candidate.input.id }),
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
  if (input.source !== undefined && (input.source === '' || input.source.length > MAX_SOURCE_LENGTH)) {
    return `The source of an event has 1 to ${MAX_SOURCE_LENGTH} characters.`;
  }
  // The comparison is false for an invalid date, too.
  if (input.occurredAt !== undefined && !(input.occurredAt.getTime() >= EARLIEST_MS)) {
    return 'occurredAt must be from the year 1970 to 9999.';
  }
  const reason = unstorableBecause([input.id, input.source, input.type, input.leadId, input.email, input.properties]);
  return reason === null ? null : `The event cannot be stored: ${reason}.`;
}
