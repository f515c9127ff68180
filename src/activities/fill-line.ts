import { proposedLine } from '../domain/proposed-line.ts';
import type { Turn } from './turn.ts';

/**
 * Before a need is routed of which nobody said a product line, it gets the line that the lead's score speaks for, where scoring.yaml says
 * `then: fill`. What is known of it is never overwritten.
 */
export function fillLine(turn: Turn): void {
  const { need } = turn.picture;
  const { scoring } = turn.playbook;
  if (need === null || need.productLine !== null || scoring.lineNeed?.then !== 'fill') return;
  const proposed = proposedLine(scoring, turn.lead, null, turn.atMs);
  if (proposed === null) return;
  turn.changeNeed({ productLine: proposed.line });
  turn.note({
    action: 'need.line-filled',
    data: { needId: need.id, productLine: proposed.line, score: proposed.score },
  });
}
