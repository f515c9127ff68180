import { type SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { Standing } from '../domain/standing.ts';
import { CADENCE, LEAD_GRADE, LEAD_OWNER, LEAD_SCORE, LEAD_SOURCE, LEAD_STAGE } from './search-attribute-keys.ts';

/** Upserts the search attributes when the stage, cadence or owner changed, not at each step. Score and grade are as of then. */
export function publishAttributes(before: Standing | null, now: Standing): void {
  if (before !== null && before.stage === now.stage && before.cadence === now.cadence && before.ownerId === now.ownerId)
    return;
  const pairs: SearchAttributeUpdatePair[] = [
    { key: LEAD_STAGE, value: now.stage },
    { key: LEAD_GRADE, value: now.grade },
    { key: LEAD_SCORE, value: now.score },
    { key: CADENCE, value: now.cadence },
    { key: LEAD_OWNER, value: now.ownerId },
  ];
  if (before === null) pairs.push({ key: LEAD_SOURCE, value: now.source });
  upsertSearchAttributes(pairs);
}

/** What the Temporal UI shows of a running lead (Markdown), and the answer to the query `why`. */
export function detailsOf(leadId: string, standing: Standing | null): string {
  if (standing === null) return `**${leadId}** is being looked up.`;
  const lines = [
    `**Stage** ${standing.stage} · **grade** ${standing.grade} · **score** ${standing.score}`,
    standing.cadence === null ? null : `**Cadence** ${standing.cadence}`,
    standing.ownerId === null ? null : `**Owner** ${standing.ownerId}`,
    `**Next** ${standing.next.summary}`,
    `**Why** ${standing.because}`,
  ];
  return lines.filter((line) => line !== null).join('\n\n');
}
