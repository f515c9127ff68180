import type { z } from 'zod';
import type { StoreContext } from '../../store/context.ts';
import { type Named, readNames } from '../../store/lists/names.ts';
import type { Doer, Person } from '../schemas/person.ts';

const OTHERS: Readonly<Record<string, { kind: 'lead' | 'machine' | 'system'; name: string }>> = {
  lead: { kind: 'lead', name: 'the lead' },
  machine: { kind: 'machine', name: 'a machine' },
  system: { kind: 'system', name: 'the engine' },
};

const KIND_OF: Readonly<Record<string, Named['kind']>> = { 'rep-': 'rep', 'usr-': 'user', 'key-': 'key' };

/**
 * The name of the actor with a handle (see actorHandle); the handle itself when the actor is unknown. Any other handle is the name that a person
 * has in the terminal.
 */
export function doerView(handle: string, names: ReadonlyMap<string, Named>): z.input<typeof Doer> {
  const other = OTHERS[handle];
  if (other !== undefined) return { ...other, id: null, key: null };
  const known = names.get(handle);
  if (known !== undefined) return { kind: known.kind, id: handle, key: known.key, name: known.name };
  const kind = KIND_OF[handle.slice(0, 4)];
  return { kind: kind ?? 'user', id: kind === undefined ? null : handle, key: null, name: handle };
}

/** Who stands behind handles, for the answer that shows them; read in one statement. A handle of nobody (null) is nobody. */
export async function doersOf(db: StoreContext['db'], handles: readonly (string | null)[]) {
  const names = await readNames(
    db,
    handles.filter((handle) => handle !== null),
  );
  return {
    of: (handle: string) => doerView(handle, names),
    orNobody: (handle: string | null) => (handle === null ? null : doerView(handle, names)),
  };
}
export type Doers = Awaited<ReturnType<typeof doersOf>>;

/** Null for an actor that is not a rep. */
export function personView(id: string | null, names: ReadonlyMap<string, Named>): z.input<typeof Person> | null {
  const named = id === null ? undefined : names.get(id);
  return named === undefined || named.key === null ? null : { id: named.id, key: named.key, name: named.name };
}
