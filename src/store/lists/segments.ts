import type { Condition } from '../../domain/condition.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { Scope } from '../../domain/policy.ts';
import { segmentConditions } from '../../domain/segment.ts';
import { idInScope, leadInScope } from '../access/scope.ts';
import { conditionOfAllSql, conditionSql, type ConditionSql } from '../conditions/to-sql.ts';
import type { Db, Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** Who asks, at which time, and by which rules. */
export interface Asking {
  scope: Scope;
  realNowMs: number;
  playbook: Playbook;
  /** Of these leads `l` alone, as SQL; all of them without it. */
  only?: Prisma.Sql;
}

/** The policy's scope has leads `l` of its own, so the id of the lead at hand needs a name of another table there. */
const OWN_NAME = Prisma.sql`CROSS JOIN LATERAL (SELECT l.id AS lead_id) k`;

function compiled(when: Condition, { playbook, realNowMs, only }: Asking, compile = conditionSql): ConditionSql {
  const { scoring, segments } = playbook;
  const moment = { atMs: realNowMs, clock: 'lead', fading: scoring } as const;
  const whole = compile(when, moment, segmentConditions(segments));
  return only === undefined ? whole : { ...whole, truth: Prisma.sql`${whole.truth} AND ${only}` };
}

/** The number of leads in scope for whom a condition holds now. */
export async function countLeadsWhere(db: Tx, when: Condition, asking: Asking): Promise<number> {
  const { joins, truth } = compiled(when, asking, asking.scope.kind === 'all' ? conditionOfAllSql : conditionSql);
  const rows = await planned<{ count: number }>(
    db,
    Prisma.sql`SELECT count(*)::int AS count FROM leads l ${joins} WHERE ${truth} AND ${idInScope(asking.scope, 'l.id')}`,
  );
  return rows[0]?.count ?? 0;
}

/** Those leads, as a statement: `lead_id`. */
export function leadsWhereSql(when: Condition, asking: Asking): Prisma.Sql {
  const { joins, truth } = compiled(when, asking);
  return Prisma.sql`SELECT l.id AS lead_id FROM leads l ${joins} WHERE ${truth} AND ${idInScope(asking.scope, 'l.id')}`;
}

/** Ids of those leads, newest first. `after`: the last id of the page before. */
export async function leadIdsWhere(
  db: Db,
  when: Condition,
  asking: Asking,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const { joins, truth } = compiled(when, asking);
  const beyond = after === null ? Prisma.empty : Prisma.sql`AND l.id < ${after}`;
  const rows = await planned<{ id: string }>(
    db,
    Prisma.sql`SELECT l.id FROM leads l ${joins} ${OWN_NAME}
      WHERE ${truth} AND ${leadInScope(asking.scope, 'k.lead_id')} ${beyond} ORDER BY l.id DESC LIMIT ${limit}`,
  );
  return rows.map(({ id }) => id);
}
