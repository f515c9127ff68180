/** Why leads were sent back to a manager, with the note of the rep: it is read where it is shown, and kept in no sentence. */
import { singleLine } from '../../domain/clean-text.ts';
import { reasonLabel } from '../../domain/reason-words.ts';
import type { RejectReason } from '../../domain/reasons.ts';
import { sentBackBecause, sentBackInWords } from '../../domain/sent-back.ts';
import type { Db } from '../db.ts';
import type { AttentionRow } from './attention.ts';
import type { LeadDetail } from './lead.ts';
import { withNames } from './names.ts';

/** So much of a note stands in a list; all of it is on the timeline of the lead. */
const LONGEST_NOTE = 300;

type Labels = readonly Pick<RejectReason, 'reason' | 'label'>[];

interface Told {
  /** The hand-off that ended last. */
  assignmentId: string | null;
  /** What it waits for, as it is kept. */
  because: string;
}

/** Why each entry waits for a person, with names in place of ids, and the rep's note where a lead was sent back. */
export async function reasonsInWords(
  db: Db,
  rows: readonly Pick<AttentionRow, 'ref' | 'reason'>[],
  reasons: Labels,
): Promise<string[]> {
  const named = await withNames(
    db,
    rows.map(({ reason }) => reason),
  );
  const told = rows.map(({ ref }, n) => ({ assignmentId: ref, because: named[n] ?? '' }));
  return tellSentBack(db, told, reasons);
}

/** The lead with what it waits for in such words. */
export async function withSentBack(db: Db, lead: LeadDetail, reasons: Labels): Promise<LeadDetail> {
  const because = lead.needs.find(({ id }) => id === lead.needId)?.waitingBecause ?? null;
  if (because === null) return lead;
  const [told = because] = await tellSentBack(
    db,
    [{ assignmentId: lead.assignments[0]?.id ?? null, because }],
    reasons,
  );
  return {
    ...lead,
    needs: lead.needs.map((need) => (need.id === lead.needId ? { ...need, waitingBecause: told } : need)),
  };
}

/** What each waits for: of a lead that was sent back, with what people call the reason, and with the note of the rep. */
async function tellSentBack(db: Db, waiting: readonly Told[], reasons: Labels): Promise<string[]> {
  const ids = waiting.flatMap(({ assignmentId }) => assignmentId ?? []);
  const found =
    ids.length === 0
      ? []
      : await db.$queryRaw<{ id: string; reason: string; note: string | null }[]>`
          SELECT a.id, a.reason, n.body AS note FROM assignments a LEFT JOIN rep_activities n ON n.id = a.note_id
          WHERE a.id = ANY(${ids}) AND a.status = 'rejected' AND a.reason IS NOT NULL`;
  const byId = new Map(found.map((row) => [row.id, row]));
  return waiting.map(({ assignmentId, because }) => {
    const its = byId.get(assignmentId ?? '');
    // Since it was sent back it may wait for something else.
    if (its === undefined || because !== sentBackBecause(its.reason)) return because;
    const note = its.note === null ? null : singleLine(its.note, LONGEST_NOTE);
    return sentBackInWords(reasonLabel(its.reason, reasons), note);
  });
}
