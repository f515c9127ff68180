import { type Actor, actorHandle } from '../../domain/actor.ts';
import { AppError } from '../../domain/errors.ts';
import { idFor, newId } from '../../domain/ids.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import type { Tx } from '../db.ts';

/** The note of a person with a command. */
export interface Note {
  commandId: string;
  leadId: string;
  actor: Actor;
  text: string;
}

/**
 * Keeps a note before the command that goes with it is given: the command carries the id alone. The same command writes its note
 * once.
 *
 * @throws AppError LEAD_UNKNOWN
 */
export async function keepNote({ db, realNow }: Pick<StoreContext, 'db' | 'realNow'>, note: Note): Promise<string> {
  const { leadId, actor } = note;
  const lead = await db.lead.findUnique({ where: { id: leadId }, select: { needId: true, clockOffsetMs: true } });
  if (lead === null) throw new AppError('LEAD_UNKNOWN', 'There is no lead with this id.');
  const id = idFor('activity', note.commandId);
  const row = {
    id,
    leadId,
    needId: lead.needId,
    repId: actor.kind === 'rep' ? actor.repId : null,
    actor: actorHandle(actor),
    kind: 'note',
    body: note.text,
    occurredAt: new Date(leadNow(lead, realNow())),
  };
  await db.repActivity.createMany({ data: [row], skipDuplicates: true });
  return id;
}

/** Writes a note in the transaction that takes the lead in: whoever takes it in may say more of it, whose lead it becomes. */
export async function noteAtOnce(
  tx: Tx,
  { leadId, actor, text, realNowMs }: Pick<Note, 'leadId' | 'actor' | 'text'> & { realNowMs: number },
): Promise<void> {
  const { clockOffsetMs } = await tx.lead.findUniqueOrThrow({ where: { id: leadId }, select: { clockOffsetMs: true } });
  await tx.repActivity.create({
    data: {
      id: newId('activity'),
      leadId,
      repId: actor.kind === 'rep' ? actor.repId : null,
      actor: actorHandle(actor),
      kind: 'note',
      body: text,
      occurredAt: new Date(leadNow({ clockOffsetMs }, realNowMs)),
    },
  });
}

/** Takes a note back: the command it went with was refused. */
export async function dropNote({ db }: Pick<StoreContext, 'db'>, noteId: string): Promise<void> {
  await db.repActivity.deleteMany({ where: { id: noteId } });
}
