import { assessedGrade } from '../../domain/assessment.ts';
import { auditAll } from '../audit.ts';
import { leadNow } from '../clock.ts';
import { type Db, transact } from '../db.ts';
import type { Batch } from '../events/segment-sweep.ts';
import { lockLeadsIfFree } from '../lock.ts';
import { updateRow } from '../rows.ts';
import type { PublishedRules } from '../rules/in-force.ts';
import { evaluateQualification } from './evaluate.ts';
import { contextForGrade, graded } from './grade.ts';

/** Leads whose grade a person gave too long ago get the grade that the rules give, and may qualify by it. One locked is left for the next pass. */
export async function endAssessments(
  db: Db,
  { after, limit, rules, realNowMs }: { after: string; limit: number; rules: PublishedRules; realNowMs: number },
): Promise<Batch> {
  const found = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM leads WHERE assessed IS NOT NULL AND id > ${after}
      AND (assessed->>'untilMs')::float8 <= ${realNowMs}::float8 + clock_offset_ms
    ORDER BY id LIMIT ${limit}`;
  const ringIds: string[] = [];
  for (const { id } of found) ringIds.push(...(await endOne(db, id, rules, realNowMs)));
  return { last: found.length < limit ? null : (found.at(-1)?.id ?? null), ringIds };
}

async function endOne(db: Db, id: string, rules: PublishedRules, realNowMs: number): Promise<string[]> {
  return transact(db, async (tx) => {
    const [locked] = await lockLeadsIfFree(tx, [id]);
    if (locked === undefined) return [];
    const atMs = leadNow(locked, realNowMs);
    if (locked.assessed === null || assessedGrade(locked, atMs) !== null) return [];
    const context = await contextForGrade(tx, rules.playbook, locked, atMs);
    const { lead, rated, audits } = graded(rules.playbook, { ...locked, assessed: null }, context, atMs);
    await updateRow(tx, 'leads', id, { ...rated, assessed: null });
    await auditAll(tx, audits);
    return (await evaluateQualification(tx, rules, lead, atMs)).ringIds;
  });
}
