/**
 * What became of a lead after a moment of an enrollment: when it began, or came to a split. What had happened by then is no result of it: a
 * need that was ready before and was sent back, or the sale that the enrollment began with.
 */
import type { Playbook } from '../domain/playbook.ts';
import { Prisma } from '../store/generated/client.ts';
import { moneySql } from './money.ts';

const READY = Prisma.sql`('qualified', 'qualifying', 'assigned', 'accepted', 'opportunity', 'customer')`;

/**
 * `qualified_at`, `won_at` and `value` of the need `turn` after the moment, or of the lead's next one that got so far where this one was won by
 * then; NULL for what did not happen. `value` is that of the need that was won.
 * @param at The moment, as SQL
 */
export function sinceThen(at: Prisma.Sql, playbook: Playbook): Prisma.Sql {
  const wasWon = Prisma.sql`turn.won_at <= ${at}`;
  const laterWin = (what: Prisma.Sql): Prisma.Sql => Prisma.sql`(
    SELECT ${what} FROM needs n WHERE n.lead_id = turn.lead_id AND n.id <> turn.id AND n.won_at > ${at} ORDER BY n.won_at, n.id LIMIT 1)`;
  return Prisma.sql`
    CASE WHEN ${wasWon} THEN (
        SELECT min(n.qualified_at) FROM needs n WHERE n.lead_id = turn.lead_id AND n.id <> turn.id AND n.qualified_at > ${at})
      WHEN turn.qualified_at < ${at} THEN (
        SELECT min(s.occurred_at) FROM stage_changes s WHERE s.lead_id = turn.lead_id AND s.need_id = turn.id AND s.occurred_at >= ${at}
          AND s.to_stage IN ${READY} AND s.from_stage NOT IN ${READY})
      ELSE turn.qualified_at END AS qualified_at,
    CASE WHEN ${wasWon} THEN ${laterWin(Prisma.sql`n.won_at`)} ELSE turn.won_at END AS won_at,
    CASE WHEN ${wasWon} THEN ${laterWin(moneySql('n.value_minor', 'n.currency', playbook))} ELSE turn.value END AS value`;
}
