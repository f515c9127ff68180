/** The answers to a command. */
import type { Verdict } from '../domain/commands.ts';
import type { Turn } from './turn.ts';

export function done(turn: Turn, message: string): Verdict {
  const { assignment } = turn.picture;
  return {
    ok: true,
    stage: turn.stage,
    message,
    ...(assignment === null ? {} : { assignmentId: assignment.id, repId: assignment.repId }),
  };
}

export function invalid(message: string): Verdict {
  return { ok: false, code: 'VALIDATION_FAILED', message };
}
