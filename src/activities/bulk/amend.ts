import { changeWords } from '../../store/bulk/positions.ts';
import type { Piece, PieceWork } from './piece.ts';

/** No lead's lock, time or process is touched by other words: many leads share a statement. */
const AT_ONCE = 2_000;

/** Gives the next leads the same steps with other words. */
export async function amendPiece({ tx, run }: PieceWork): Promise<Piece | null> {
  const revisions = new Map(Object.entries(run.params['revisions'] as Record<string, string>));
  const leadIds = await changeWords(tx, revisions, AT_ONCE);
  const after = leadIds.at(-1);
  return after === undefined ? null : { became: leadIds.map(() => 'amended'), after, rung: 0 };
}
