import type { z } from 'zod';
import type { Named } from '../../store/lists/names.ts';
import type { Doer, Person } from '../schemas/person.ts';

const OTHERS: Readonly<Record<string, { kind: 'lead' | 'machine' | 'system'; name: string }>> = {
  lead: { kind: 'lead', name: 'the lead' },
  machine: { kind: 'machine', name: 'a machine' },
  system: { kind: 'system', name: 'the engine' },
};

const KIND_OF: Readonly<Record<string, Named['kind']>> = { 'rep-': 'rep', 'usr-': 'user' };

/** The name of the actor with a handle (see actorHandle); the handle itself when the actor is unknown. */
export function doerView(handle: string, names: ReadonlyMap<string, Named>): z.input<typeof Doer> {
  const other = OTHERS[handle];
  if (other !== undefined) return { ...other, id: null, key: null };
  const { kind, key, name } = names.get(handle) ?? {
    kind: KIND_OF[handle.slice(0, 4)] ?? ('key' as const),
    key: null,
    name: handle,
  };
  return { kind, id: handle, key, name };
}

/** Null for an actor that is not a rep. */
export function personView(id: string | null, names: ReadonlyMap<string, Named>): z.input<typeof Person> | null {
  const named = id === null ? undefined : names.get(id);
  return named === undefined || named.key === null ? null : { id: named.id, key: named.key, name: named.name };
}
