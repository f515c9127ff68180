/** Whether leads and needs are those that a report is asked for, where its rows are no turns. */
import { Prisma } from '../store/generated/client.ts';
import { NO_END } from './periods.ts';
import type { Asked } from './report.ts';
import { isOfSome, ofAllTime, withTurns } from './turns.ts';

/** SQL that is true of a lead of whom a need fits, whenever that came in. @param leadId The column with its id */
export function isLeadAsked(asked: Asked, leadId: string): Prisma.Sql {
  if (!isOfSome(asked)) return Prisma.sql`TRUE`;
  return Prisma.sql`${Prisma.raw(leadId)} IN (${fitting(asked)} SELECT turn.lead_id FROM turns turn)`;
}

/**
 * SQL that is true of what a person did or got whose need fits, whenever that came in; of what has no need, whose lead fits. Team and rep are
 * not asked of the need: they are those of the offer or the act itself.
 * @param needId The id of its need, as SQL
 * @param leadId The column with the id of its lead, where it may have no need
 */
export function isNeedAsked(asked: Asked, needId: string, leadId?: string): Prisma.Sql {
  const { team: _team, rep: _rep, ...filters } = asked.filters;
  // Who may see what they did is asked of the rep and the team, and not of who has the lead now.
  const ofNeed: Asked = { ...asked, filters, scope: { kind: 'all' } };
  if (!isOfSome(ofNeed)) return Prisma.sql`TRUE`;
  const need = Prisma.raw(needId);
  const fits = Prisma.sql`${need} IN (${fitting(ofNeed)} SELECT turn.id FROM turns turn)`;
  return leadId === undefined ? fits : Prisma.sql`(${fits} OR (${need} IS NULL AND ${isLeadAsked(ofNeed, leadId)}))`;
}

/** The same of an offer `a`: its need fits, and it is of the team and the rep, whoever had the need later. */
export function isOfferAsked(asked: Asked): Prisma.Sql {
  const { team, rep } = asked.filters;
  return Prisma.sql`${isNeedAsked(asked, 'a.need_id')}
    AND ${team === undefined ? Prisma.sql`TRUE` : Prisma.sql`a.team = ${team}`}
    AND ${rep === undefined ? Prisma.sql`TRUE` : Prisma.sql`a.rep_id IN (SELECT r.id FROM reps r WHERE r.name = ${rep})`}`;
}

function fitting(asked: Asked): Prisma.Sql {
  return withTurns({ ...ofAllTime(asked), until: NO_END });
}
