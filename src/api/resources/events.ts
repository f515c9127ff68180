import type { Playbook } from '../../domain/playbook.ts';
import type { EventInput, ItemResult } from '../../store/events/event-batch.ts';
import { createEventRecorder } from '../../store/events/record-events.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import { eventSourceOf, refuseEventType, refuseSource } from '../event-types.ts';
import type { LeadHandles } from '../../crypto/lead-handles.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { EventBatch, EventBody, EventItem, EventResults, EVENTS_EXAMPLE } from '../schemas/event.ts';
import { check, inOneLine, validate } from '../validate.ts';

type CheckedItem = { ok: true; input: EventInput } | { ok: false; result: ItemResult };

export function eventRoutes({ store, ring, handles, limits }: ApiDeps): Route[] {
  const record = createEventRecorder(store);

  return [
    route({
      method: 'post',
      path: '/v1/events',
      tag: 'Events',
      summary: 'Report events',
      description:
        'Takes up to 500 events, or a single event as the body. Each event gets its own result: accepted, duplicate, or rejected with a ' +
        'reason. As in CloudEvents, source and id together identify an event, and it counts once. The source is the API key, unless the ' +
        'event names another. Give two integrations of one shop the same `source`, so that an order counts once. An id that was already ' +
        'used for another lead or another type is rejected with `EVENT_ID_TAKEN`. A site key names a lead only by its handle. It may not ' +
        'name a source, and may send only the types that `events.yaml` marks `fromSite`.',
      access: 'record-event',
      body: EventBody,
      bodyKind: 'json-1mb',
      bodyParts: { EventBatch, EventItem },
      bodyExample: EVENTS_EXAMPLE,
      fromBrowsers: true,
      answers: { 200: { description: 'The result of each event, in the same order', schema: EventResults } },
      problems: ['RATE_LIMITED'],
      async handle({ body, caller, request, rules: { playbook } }) {
        if (caller.role === 'site') await limits.spend('events', request, caller, countOf(body));
        const allowed: Allowed = { playbook, handles };
        const checked =
          'events' in body
            ? validate(EventBatch, body, 'body').events.map((item) => checkItem(item, caller, allowed))
            : [permit(validate(EventItem, body, 'body'), caller, allowed)];
        const usable = checked.flatMap((item) => (item.ok ? [item.input] : []));
        const recorded = await record(usable);
        ring(recorded.ringIds);
        const answers = recorded.items.values();
        const results = checked.map((item): ItemResult => {
          if (!item.ok) return item.result;
          const answer = answers.next();
          return answer.done
            ? rejected(item.input.id, 'INTERNAL', 'This event was not processed; send it again')
            : answer.value;
        });
        return json(200, { results, ...counted(results) });
      },
    }),
  ];
}

interface Allowed {
  playbook: Playbook;
  handles: LeadHandles;
}

function checkItem(item: unknown, caller: Caller, allowed: Allowed): CheckedItem {
  const checked = check(EventItem, item);
  if (checked.ok) return permit(checked.value, caller, allowed);
  return {
    ok: false,
    result: rejected(idOf(item), 'VALIDATION_FAILED', `The event is not valid: ${inOneLine(checked.fields)}`),
  };
}

/** Whether such an event is known here, and may come from this caller. */
function permit(input: EventInput, caller: Caller, { playbook, handles }: Allowed): CheckedItem {
  const no = (code: RefusalCode, message: string): CheckedItem => ({
    ok: false,
    result: rejected(input.id, code, message),
  });
  const refusal = refuseEventType(playbook, input.type, caller);
  if (refusal !== null) return no(refusal.code, refusal.message);
  const sourceRefusal = refuseSource(caller, input.source);
  if (sourceRefusal !== null) return no('FORBIDDEN', sourceRefusal);
  const source = eventSourceOf(caller, input.source);
  if (caller.role !== 'site') return { ok: true, input: { ...input, source } };
  // Anybody can read a site key. If it could name a lead by email, the answer would tell which people are known.
  if (input.leadId === undefined)
    return no('FORBIDDEN', 'A site key names a lead by leadId, as answered by POST /v1/leads, not by email');
  const leadId = handles.read(input.leadId, caller.keyId);
  if (leadId === null)
    return no('LEAD_UNKNOWN', 'With a site key, leadId must be a handle that POST /v1/leads returned to this key');
  return { ok: true, input: { ...input, leadId, source } };
}

type RefusalCode = 'VALIDATION_FAILED' | 'FORBIDDEN' | 'LEAD_UNKNOWN' | 'INTERNAL';

function rejected(id: string | undefined, code: RefusalCode, message: string): ItemResult {
  return { status: 'rejected', id: id ?? null, code, message };
}

/** Of events: of a batch that is none, one. */
function countOf({ events }: { events?: unknown }): number {
  return Array.isArray(events) ? Math.max(1, events.length) : 1;
}

function idOf(item: unknown): string | undefined {
  return typeof item === 'object' && item !== null && 'id' in item && typeof item.id === 'string'
    ? item.id.slice(0, 200)
    : undefined;
}

function counted(results: readonly ItemResult[]): Record<ItemResult['status'], number> {
  const counts = { accepted: 0, duplicate: 0, rejected: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}
