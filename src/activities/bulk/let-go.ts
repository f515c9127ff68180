import { type Lifted, leadsToLetGo, makeDue } from '../../store/bulk/let-go.ts';
import { lockLeads } from '../../store/lock.ts';
import { announce } from '../../store/outbox.ts';
import type { Piece, PieceWork } from './piece.ts';

/**
 * Rings the next leads that stood still during a pause, or for a receiver that refused us. What is due they do then, one after the other as
 * they are rung; what is late by too much, each step decides.
 */
export async function letGoPiece({ tx, run, limit }: PieceWork): Promise<Piece | null> {
  const lifted = liftedBy(run.params);
  const ids = await leadsToLetGo(tx, lifted, { after: run.after, limit });
  const after = ids.at(-1);
  if (after === undefined) return null;
  await lockLeads(tx, ids);
  await makeDue(tx, lifted, ids);
  const leads = await lockLeads(tx, ids);
  // One that is paused or held does nothing; it finds what is due when it is resumed.
  const rung = leads.filter(({ pausedAt, heldAt }) => pausedAt === null && heldAt === null);
  await announce(
    tx,
    rung.map(({ id: leadId }) => ({ leadId, reason: 'resumed' as const, refs: { runId: run.id } })),
  );
  return { became: rung.map(() => 'rung'), after, rung: rung.length };
}

function liftedBy({ cadence, receiver }: PieceWork['run']['params']): Lifted {
  if (typeof receiver === 'string') return { receiver };
  return { cadence: typeof cadence === 'string' ? cadence : null };
}
