import { OWN_EVENTS } from '../domain/own-events.ts';
import type { EventType, Playbook } from '../domain/playbook.ts';
import { mayVouch, type Caller } from './caller.ts';

export interface EventTypeRefusal {
  code: 'VALIDATION_FAILED' | 'FORBIDDEN';
  message: string;
}

/** Whether events of a type are known to the playbook and may come from this caller; null when they may. */
export function refuseEventType({ events }: Playbook, name: string, caller: Caller): EventTypeRefusal | null {
  const type = byName(events).get(name);
  if (type === undefined)
    return { code: 'VALIDATION_FAILED', message: `There is no event type ${name} in events.yaml` };
  if (OWN_EVENTS.has(name))
    return { code: 'FORBIDDEN', message: `${name} is recorded by the engine itself and cannot be sent` };
  if (!type.fromSite && !mayVouch(caller))
    return { code: 'FORBIDDEN', message: `A site key may not send ${name}: events.yaml does not mark it fromSite` };
  return null;
}

/** Made once a playbook revision. */
const names = new WeakMap<Playbook['events'], ReadonlyMap<string, EventType>>();

function byName(events: Playbook['events']): ReadonlyMap<string, EventType> {
  const types = names.get(events) ?? new Map(events.map((type) => [type.event, type]));
  names.set(events, types);
  return types;
}

/**
 * The source of an event: the API key that reported it, unless the event names another source. An id is unique only within its
 * source. Anybody can read a site key. If a site key could name a source, a visitor could use the id of an order before the shop
 * reports it. So a site key cannot name a source.
 */
export function eventSourceOf(caller: Caller, stated: string | undefined): string {
  return stated !== undefined && mayVouch(caller) ? stated : caller.keyId;
}

/** Why this caller may not name the source of an event; null when it may. */
export function refuseSource(caller: Caller, stated: string | undefined): string | null {
  return stated !== undefined && !mayVouch(caller)
    ? 'A site key may not name a source; omit it, and the key itself is the source'
    : null;
}
