import type { Audience } from '../../domain/broadcast.ts';
import { type KnownBy, namesPerson } from '../../domain/names-person.ts';
import { auditAll } from '../audit.ts';
import type { Tx } from '../db.ts';

const BECAUSE =
  'The condition of this broadcast named a person who was erased. It was canceled, and its condition was deleted: what was sent stays sent. Plan another one for the rest';

/** Cancels the broadcasts whose condition names the person, and deletes the conditions. Returns their ids: their processes are to be told. */
export async function cancelBroadcastsThatName(
  tx: Tx,
  person: KnownBy,
  { actor, at }: { actor: string; at: Date },
): Promise<string[]> {
  // A broadcast whose leads are gathered has no condition any more: who takes recipients, and waits for leads, is not waited for here.
  const broadcasts = await tx.$queryRaw<{ id: string; audience: Audience }[]>`
    SELECT id, audience FROM broadcasts WHERE audience IS NOT NULL ORDER BY id FOR UPDATE`;
  const ids = broadcasts.filter(({ audience: { when } }) => namesPerson(when, person)).map(({ id }) => id);
  if (ids.length === 0) return [];
  await tx.$executeRaw`
    UPDATE broadcasts SET status = 'canceled', ended_at = now(), audience = NULL, preview = NULL, error = ${BECAUSE} WHERE id = ANY(${ids})`;
  await auditAll(
    tx,
    ids.map((broadcastId) => ({
      leadId: null,
      actor,
      at,
      action: 'broadcast.changed',
      data: { broadcastId, to: 'canceled' },
    })),
  );
  return ids;
}
