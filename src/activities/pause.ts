import type { LeadCommand } from '../domain/commands.ts';
import { runningOf } from '../store/process/picture.ts';
import { putOff } from './position.ts';
import type { Turn } from './turn.ts';

/** Pauses the lead. A reason in words is stored as a note before; the command has only the id of the note. */
export async function pause(turn: Turn, command: Extract<LeadCommand, { kind: 'pause' }>): Promise<void> {
  const { reason, noteId, actor } = command;
  const note =
    noteId === undefined
      ? null
      : await turn.tx.repActivity.findUnique({ where: { id: noteId }, select: { body: true } });
  turn.changeLead({ pausedAt: turn.at, pausedReason: reason ?? note?.body ?? null });
  const data = { ...(reason === undefined ? {} : { reason }), ...(noteId === undefined ? {} : { noteId }) };
  turn.note({ action: 'lead.paused', data }, actor);
}

/** What fell due while the lead was stopped is not late: it is due now, and the staleness limit begins anew. */
export function dueAfresh(turn: Turn): void {
  for (const enrollment of runningOf(turn.picture)) {
    const { dueAt, attempts } = enrollment;
    if (dueAt !== null && dueAt < turn.at) putOff(turn, enrollment, { dueAtMs: turn.atMs, attempts });
  }
}
