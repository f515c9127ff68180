import type { z } from 'zod';
import type { Named } from '../../store/lists/names.ts';
import type { Doer, Person } from '../schemas/person.ts';

const OTHERS: Readonly<Record<string, { kind: 'lead' | 'machine' | 'system'; name: string }>> = {
  lead: { kind: 'lead', name: 'the lead' },
  machine: { kind: 'machine', name: 'a machine' },
  system: { kind: 'system', name: 'the engine' },
};

/** The name of the actor with a handle (see actorHandle); the handle itself when the actor is unknown. */
export function doerView(handle: string, names: ReadonlyMap<string, Named>): z.input<typeof Doer> {
  const other = OTHERS[handle];
  if (other !== undefined) return { ...other, id: null, key: null };
  const { kind, key, name } = names.get(handle) ?? {
    kind: handle.startsWith('rep-') ? ('rep' as const) : ('key' as const),
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

/** In a sentence. */
export function nameInSentence(id: string, names: ReadonlyMap<string, Named>): string {
  const named = names.get(id);
  if (named === undefined) return id;
  return named.kind === 'rep' ? named.name : `API key ‘${named.name}’`;
}
