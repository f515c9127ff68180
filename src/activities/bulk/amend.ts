import type { AuditRow } from '../../store/audit.ts';
import { auditAll } from '../../store/audit.ts';
import { type Amended, changeWords } from '../../store/bulk/positions.ts';
import { isOvertaken } from '../../store/bulk/runs.ts';
import type { Piece, PieceWork } from './piece.ts';

/** No lead's lock, time or process is touched by other words: many leads share a statement. */
const AT_ONCE = 2_000;

/** Gives the next leads the same steps with other words. A mail that a turn has rendered already leaves as it was. */
export async function amendPiece({ tx, run, nowMs }: PieceWork): Promise<Piece | null> {
  // A later publishing takes all of the cadence's leads along, to the words that it has.
  if (await isOvertaken(tx, run)) return null;
  const revisions = new Map(Object.entries(run.params['revisions'] as Record<string, string>));
  const amended = await changeWords(tx, revisions, AT_ONCE);
  const after = amended.at(-1)?.leadId;
  if (after === undefined) return null;
  await auditAll(
    tx,
    amended.map((one) => entryOf(one, run.id, nowMs)),
  );
  return { became: amended.map(() => 'amended'), after, rung: 0 };
}

function entryOf(
  { leadId, enrollmentId, cadence, revision, offsetMs }: Amended,
  runId: string,
  nowMs: number,
): AuditRow {
  return {
    leadId,
    actor: 'system',
    at: new Date(nowMs + offsetMs),
    action: 'enrollment.moved',
    data: { enrollmentId, cadence, revision, runId, became: 'amended' },
  };
}
