import type { EventType } from '../../domain/playbook.ts';
import { createEventRecorder, type EventInput, type ItemResult } from '../../store/record-events.ts';
import type { Caller } from '../caller.ts';
import type { ApiDeps } from '../deps.ts';
import type { LeadHandles } from '../lead-handles.ts';
import { json } from '../reply.ts';
import { route, type Route } from '../route.ts';
import { EventBatch, EventBody, EventItem, EventResults, EVENTS_EXAMPLE } from '../schemas/event.ts';
import { check, inOneLine, validate } from '../validate.ts';

/** What the engine records itself: from outside it would be a claim about our own mail. */
const OWN_EVENTS = new Set(['email.opened', 'email.clicked', 'email.bounced', 'unsubscribed']);

type Judged = { ok: true; input: EventInput } | { ok: false; result: ItemResult };

export function eventRoutes({ store, ring, handles }: ApiDeps): Route[] {
  const record = createEventRecorder(store);
  const allowed: Allowed = { types: new Map(store.playbook.events.map((type) => [type.event, type])), handles };

  return [
    route({
      method: 'post',
      path: '/v1/events',
      tag: 'Events',
      summary: 'Report events',
      description:
        'Up to 500, or a single event as the body. Each is answered by itself: accepted, duplicate (the same id counts once), or rejected ' +
        'with a reason. A site key names leads by the handle it was answered only, and sends only the types that `events.yaml` marks `fromSite`.',
      access: ['site', 'marketer', 'operator', 'admin'],
      body: EventBody,
      bodyKind: 'json-1mb',
      bodyParts: { EventBatch, EventItem },
      bodyExample: EVENTS_EXAMPLE,
      fromBrowsers: true,
      answers: { 200: { description: 'What became of each', schema: EventResults } },
      async handle({ body, caller }) {
        const judged =
          'events' in body
            ? validate(EventBatch, body, 'body').events.map((item) => judge(item, caller, allowed))
            : [permit(validate(EventItem, body, 'body'), caller, allowed)];
        const usable = judged.flatMap((item) => (item.ok ? [item.input] : []));
        const recorded = await record(usable);
        ring(recorded.ringIds);
        const answers = recorded.items.values();
        const results = judged.map((item): ItemResult => {
          if (!item.ok) return item.result;
          const answer = answers.next();
          return answer.done ? rejected(item.input.id, 'INTERNAL', 'It was not looked at') : answer.value;
        });
        return json(200, { results, ...counted(results) });
      },
    }),
  ];
}

interface Allowed {
  types: ReadonlyMap<string, EventType>;
  handles: LeadHandles;
}

function judge(item: unknown, caller: Caller, allowed: Allowed): Judged {
  const checked = check(EventItem, item);
  if (checked.ok) return permit(checked.value, caller, allowed);
  return {
    ok: false,
    result: rejected(idOf(item), 'VALIDATION_FAILED', `The event is not valid: ${inOneLine(checked.fields)}`),
  };
}

/** Whether such an event is known here, and may come from this caller. */
function permit(input: EventInput, caller: Caller, { types, handles }: Allowed): Judged {
  const no = (code: RefusalCode, message: string): Judged => ({
    ok: false,
    result: rejected(input.id, code, message),
  });
  const type = types.get(input.type);
  if (type === undefined) return no('VALIDATION_FAILED', `There is no event type ${input.type} in events.yaml`);
  if (OWN_EVENTS.has(input.type))
    return no('FORBIDDEN', `${input.type} is recorded by the engine itself and taken from nobody else`);
  if (caller.role !== 'site') return { ok: true, input };
  if (!type.fromSite)
    return no('FORBIDDEN', `A site key may not send ${input.type}: events.yaml does not mark it fromSite`);
  // Answering by email would tell whoever reads the page's source who is known here.
  if (input.leadId === undefined)
    return no('FORBIDDEN', 'A site key names a lead by leadId, as answered by POST /v1/leads, not by email');
  const leadId = handles.read(input.leadId);
  if (leadId === null)
    return no('LEAD_UNKNOWN', 'With a site key, leadId is the handle that POST /v1/leads answered to a site key');
  return { ok: true, input: { ...input, leadId } };
}

type RefusalCode = 'VALIDATION_FAILED' | 'FORBIDDEN' | 'LEAD_UNKNOWN' | 'INTERNAL';

function rejected(id: string | undefined, code: RefusalCode, message: string): ItemResult {
  return { status: 'rejected', id: id ?? null, code, message };
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
