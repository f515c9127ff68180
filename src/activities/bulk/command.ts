import pLimit from 'p-limit';
import type { Actor } from '../../domain/actor.ts';
import type { BulkCommand } from '../../domain/bulk-run.ts';
import type { Condition } from '../../domain/condition.ts';
import { idFor } from '../../domain/ids.ts';
import { leadsWhere } from '../../store/bulk/leads-where.ts';
import type { Run } from '../../store/bulk/runs.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Piece } from './piece.ts';

/** Commands under way at once. */
const AT_ONCE = 5;

/** Gives the command to the next leads that the condition holds for. What became of each is done, or the code of the refusal. */
export async function commandPiece(deps: ActivityDeps, run: Run, limit: number): Promise<Piece | null> {
  const { command, when, actor } = run.params as { command: BulkCommand; when: Condition; actor: Actor };
  const { scoring } = deps.rules.current().playbook;
  const chosen = { when, fading: scoring, atMs: run.startedAt.getTime() };
  const ids = await leadsWhere(deps.db, chosen, run.after, limit);
  const after = ids.at(-1);
  if (after === undefined) return null;
  const atOnce = pLimit(AT_ONCE);
  const became = await Promise.all(
    ids.map((leadId) =>
      atOnce(async () => {
        const commandId = idFor('command', `${run.id}:${leadId}`);
        const verdict = await deps.commands.execute(leadId, { ...command, commandId, actor });
        return verdict.ok ? 'done' : verdict.code;
      }),
    ),
  );
  return { became, after, rung: ids.length };
}
