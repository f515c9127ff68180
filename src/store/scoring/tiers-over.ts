import { changesWithTime } from '../../domain/fields/timed.ts';
import { segmentConditions } from '../../domain/segment.ts';
import { tierConditions } from '../../domain/value-tier.ts';
import { leadNow } from '../clock.ts';
import { conditionSql } from '../conditions/to-sql.ts';
import { type Db, transact } from '../db.ts';
import type { Batch } from '../events/segment-sweep.ts';
import { Prisma } from '../generated/client.ts';
import { lockLeadsIfFree } from '../lock.ts';
import { planned } from '../planned.ts';
import { updateRow } from '../rows.ts';
import type { PublishedRules } from '../rules/in-force.ts';
import { auditAll } from '../audit.ts';
import { evaluateQualification } from './evaluate.ts';
import { contextForGrade, graded } from './grade.ts';

interface Looking {
  after: string;
  limit: number;
  rules: PublishedRules;
  realNowMs: number;
}

/**
 * Leads that time alone has brought into another value tier, as `daysSinceOrder: { lte: 365 }` does, get it. Nothing is read where no tier
 * asks for time: events and changes of the profile do the rest at once. One locked is left for the next pass.
 */
export async function renewTiers(db: Db, looking: Looking): Promise<Batch> {
  const { after, limit, rules } = looking;
  const { scoring, segments } = rules.playbook;
  if (!changesWithTime(tierConditions(scoring), segmentConditions(segments))) return { last: null, ringIds: [] };
  const rows = await db.$queryRaw<
    { id: string }[]
  >`SELECT id FROM leads WHERE id > ${after} ORDER BY id LIMIT ${limit}`;
  const ids = rows.map(({ id }) => id);
  const ringIds: string[] = [];
  for (const id of await inAnotherTier(db, ids, looking)) ringIds.push(...(await renew(db, id, looking)));
  return { last: ids.length < limit ? null : (ids.at(-1) ?? null), ringIds };
}

async function inAnotherTier(db: Db, ids: readonly string[], { rules, realNowMs }: Looking): Promise<string[]> {
  const { scoring, segments } = rules.playbook;
  const { valueTiers = [] } = scoring;
  const moment = { atMs: realNowMs, clock: 'lead', fading: scoring } as const;
  const when = valueTiers.map((one) => one.when ?? { all: [] });
  const known = segmentConditions(segments);
  const { joins } = conditionSql({ all: when }, moment, known);
  const cases = valueTiers.map(
    ({ tier }, i) => Prisma.sql`WHEN ${conditionSql(when[i] ?? {}, moment, known).truth} THEN ${tier}::text`,
  );
  const found = await planned<{ id: string }>(
    db,
    Prisma.sql`SELECT l.id FROM leads l ${joins} WHERE l.id = ANY(${[...ids]})
      AND l.value_tier IS DISTINCT FROM CASE ${Prisma.join(cases, ' ')} END ORDER BY l.id`,
  );
  return found.map(({ id }) => id);
}

async function renew(db: Db, id: string, { rules, realNowMs }: Looking): Promise<string[]> {
  return transact(db, async (tx) => {
    const [locked] = await lockLeadsIfFree(tx, [id]);
    if (locked === undefined) return [];
    const atMs = leadNow(locked, realNowMs);
    const context = await contextForGrade(tx, rules.playbook, locked, atMs);
    const { lead, rated, audits } = graded(rules.playbook, locked, context, atMs);
    await updateRow(tx, 'leads', id, rated);
    await auditAll(tx, audits);
    return (await evaluateQualification(tx, rules, lead, atMs)).ringIds;
  });
}
