import { idFor } from '../domain/ids.ts';
import type { Db } from '../store/db.ts';
import type { Caller } from './caller.ts';

/**
 * Keeps a rep's note before the command that goes with it is given: the command carries the id alone. The same command
 * writes its note once.
 */
export async function keepNote(
  db: Db,
  note: {
    commandId: string;
    leadId: string;
    needId: string | null;
    caller: Pick<Caller, 'keyId' | 'rep'>;
    text: string;
    at: Date;
  },
): Promise<string> {
  const noteId = idFor('activity', note.commandId);
  await db.repActivity.createMany({
    data: [
      {
        id: noteId,
        leadId: note.leadId,
        needId: note.needId,
        repId: note.caller.rep?.id ?? null,
        actor: note.caller.rep?.id ?? note.caller.keyId,
        kind: 'note',
        body: note.text,
        occurredAt: note.at,
      },
    ],
    skipDuplicates: true,
  });
  return noteId;
}

/** Takes a note back: the command it went with was refused. */
export async function dropNote(db: Db, noteId: string): Promise<void> {
  await db.repActivity.deleteMany({ where: { id: noteId } });
}
