import pLimit from 'p-limit';
import type { Actor } from '../../domain/actor.ts';
import type { BulkCommand } from '../../domain/bulk-run.ts';
import type { LeadCommand } from '../../domain/commands.ts';
import type { Condition } from '../../domain/condition.ts';
import { isAppError } from '../../domain/errors.ts';
import { idFor } from '../../domain/ids.ts';
import { knownReasons } from '../../domain/reasons.ts';
import { segmentConditions } from '../../domain/segment.ts';
import { leadsWhere } from '../../store/bulk/leads-where.ts';
import type { Run } from '../../store/bulk/runs.ts';
import { dropNote, keepNote } from '../../store/sales/notes.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Piece } from './piece.ts';

/** Commands under way at once. */
const AT_ONCE = 5;

/** Gives the command to the next leads that the condition holds for. What became of each is done, or the code of the refusal. */
export async function commandPiece(deps: ActivityDeps, run: Run, limit: number): Promise<Piece | null> {
  const { command, when, actor } = run.params as { command: BulkCommand; when: Condition; actor: Actor };
  const { playbook } = deps.rules.current();
  const segments = segmentConditions(playbook.segments);
  const chosen = { when, segments, fading: playbook.scoring, atMs: run.startedAt.getTime() };
  const ids = await leadsWhere(deps.db, chosen, run.after, limit);
  const after = ids.at(-1);
  if (after === undefined) return null;
  const words = reasonInWords(command, knownReasons(playbook));
  const atOnce = pLimit(AT_ONCE);
  const became = await Promise.all(
    ids.map((leadId) =>
      atOnce(() => {
        const base = { commandId: idFor('command', `${run.id}:${leadId}`), actor };
        return words === null ? give(deps, leadId, { ...base, ...command }) : pauseFor(deps, leadId, base, words);
      }),
    ),
  );
  return { became, after, rung: ids.length };
}

/** The reason of a pause that must not stand in the histories of processes; null: there is none. */
function reasonInWords(command: BulkCommand, known: readonly string[]): string | null {
  if (command.kind !== 'pause' || command.reason === undefined || known.includes(command.reason)) return null;
  return command.reason;
}

async function give({ commands }: ActivityDeps, leadId: string, command: LeadCommand): Promise<string> {
  const verdict = await commands.execute(leadId, command);
  return verdict.ok ? 'done' : verdict.code;
}

/** Pauses a lead with a reason in words: the words are a note, and the command has its id. */
async function pauseFor(
  deps: ActivityDeps,
  leadId: string,
  base: { commandId: string; actor: Actor },
  text: string,
): Promise<string> {
  const store = { db: deps.db, realNow: () => Date.now() };
  try {
    const noteId = await keepNote(store, { ...base, leadId, text });
    const became = await give(deps, leadId, { ...base, kind: 'pause', noteId });
    if (became !== 'done') await dropNote(store, noteId);
    return became;
  } catch (error) {
    // It was erased meanwhile.
    if (isAppError(error) && error.code === 'LEAD_UNKNOWN') return error.code;
    throw error;
  }
}
