import { z } from 'zod';
import type { LeadCommand, Verdict } from '../domain/commands.ts';
import { AppError } from '../domain/errors.ts';
import type { ApiDeps } from './deps.ts';
import { readNames, withNames } from '../store/lists/names.ts';
import { readDecisionClocks } from '../store/sales/hand-overs.ts';
import { dropNote } from '../store/sales/notes.ts';
import { json, type Reply } from './reply.ts';
import type { ResponseSpec } from './route.ts';
import { id, Timestamp } from './schemas/common.ts';
import { Stage } from './schemas/lead.ts';
import { Person } from './schemas/person.ts';
import { personView } from './views/person.ts';

const Done = z
  .object({
    leadId: id('lead'),
    stage: Stage,
    message: z.string(),
    assignmentId: id('assignment').optional(),
    repId: id('rep').optional(),
    rep: Person.optional().meta({ description: 'The rep who has the lead, or had it last' }),
    dueAt: Timestamp.nullable().optional().meta({
      description: 'Of a hand-over: by when its rep is to decide now; null: no decision is awaited',
    }),
    dueBefore: Timestamp.nullable().optional().meta({
      description:
        'Of a hand-over: by when the rep was to decide who was asked before; null: nobody was, or it was decided',
    }),
  })
  .meta({ id: 'Done', description: 'The command was carried out. The current state of the lead' });

export const DONE: Readonly<Record<number, ResponseSpec>> = { 200: { description: 'Done', schema: Done } };

/** Problems of every command. */
export const COMMAND_PROBLEMS = [
  'LEAD_UNKNOWN',
  'STAGE_FORBIDS',
  'CONFLICT',
  'COMMAND_PENDING',
  'UNAVAILABLE',
] as const;

/** Sends the command and returns its verdict. The note of a refused command is deleted. */
export async function runCommand(
  { commands, store }: Pick<ApiDeps, 'commands' | 'store'>,
  leadId: string,
  command: LeadCommand,
): Promise<Reply> {
  const given = await commands.execute(leadId, command);
  if (!given.ok && 'noteId' in command && command.noteId !== undefined) await dropNote(store, command.noteId);
  const verdict = await accepted(store, given);
  const repId = verdict.repId ?? null;
  const isHandOver = command.kind === 'route' || command.kind === 'reroute';
  const clocks = isHandOver ? await readDecisionClocks(store.db, leadId) : null;
  const rep = repId === null ? null : personView(repId, await readNames(store.db, [repId]));
  return json(200, {
    leadId,
    stage: verdict.stage,
    message: verdict.message,
    ...(verdict.assignmentId !== undefined && { assignmentId: verdict.assignmentId }),
    ...(repId !== null && { repId }),
    ...(rep !== null && { rep }),
    ...(clocks !== null && {
      dueAt: clocks.dueAt?.toISOString() ?? null,
      dueBefore: clocks.dueBefore?.toISOString() ?? null,
    }),
  });
}

/** @throws AppError with the code of a refusal */
async function accepted({ db }: ApiDeps['store'], verdict: Verdict): Promise<Extract<Verdict, { ok: true }>> {
  if (verdict.ok) return verdict;
  const [message = verdict.message] = await withNames(db, [verdict.message]);
  throw new AppError(verdict.code, message);
}
