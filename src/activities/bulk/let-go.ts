import { leadsToLetGo } from '../../store/bulk/positions.ts';
import { announce } from '../../store/outbox.ts';
import type { Piece, PieceWork } from './piece.ts';

/**
 * Rings the next leads that stood still during a pause. What is due they do then, one after the other as they are rung; what is late by
 * too much, each step decides.
 */
export async function letGoPiece({ tx, run, limit }: PieceWork): Promise<Piece | null> {
  const cadence = typeof run.params['cadence'] === 'string' ? run.params['cadence'] : null;
  const ids = await leadsToLetGo(tx, { cadence, after: run.after, limit });
  const after = ids.at(-1);
  if (after === undefined) return null;
  await announce(
    tx,
    ids.map((leadId) => ({ leadId, reason: 'resumed' as const, refs: { runId: run.id } })),
  );
  return { became: ids.map(() => 'rung'), after, rung: ids.length };
}
