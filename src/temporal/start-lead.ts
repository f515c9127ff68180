import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, type WorkflowStartOptions } from '@temporalio/client';
import { type SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import { shownScore } from '../domain/score-words.ts';
import type { State } from '../domain/standing.ts';
import type { LeadInput } from '../workflows/messages.ts';
import {
  CADENCE,
  LEAD_GRADE,
  LEAD_OWNER,
  LEAD_SCORE,
  LEAD_SOURCE,
  LEAD_STAGE,
  LEAD_STATE,
} from '../workflows/search-attribute-keys.ts';

/** What the process will show after its first look, as far as can be foretold. Where the look says otherwise it is put right. */
export interface LeadStart {
  stage: string;
  state: State;
  grade: string;
  score: number;
  /** As it may be shown: see domain/known-sources.ts. */
  source: string | null;
  cadence: string | null;
  /** Handle of the rep who owns the need: their key is a name of theirs. */
  ownerId: string | null;
}

/**
 * Options to start a lead's process. At most one runs at a time; its id is the lead's; it may be started again after it ended.
 * `start`: null for callers that know no more; the process shows everything after its first look then.
 */
export function leadStartOptions(
  leadId: string,
  taskQueue: string,
  start: LeadStart | null = null,
): WorkflowStartOptions<(input: LeadInput) => Promise<void>> & { workflowIdConflictPolicy: WorkflowIdConflictPolicy } {
  return {
    workflowId: leadId,
    taskQueue,
    args: [{ leadId }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    typedSearchAttributes: new TypedSearchAttributes(start === null ? UNKNOWN : pairsOf(start)),
    staticSummary: 'A lead’s life',
  };
}

/** A state that no look finds, so that the first one puts it right. */
const UNKNOWN: SearchAttributePair[] = [
  { key: LEAD_STAGE, value: 'new' },
  { key: LEAD_STATE, value: 'starting' },
];

function pairsOf(start: LeadStart): SearchAttributePair[] {
  const { source } = start;
  return [
    { key: LEAD_STAGE, value: start.stage },
    { key: LEAD_STATE, value: start.state },
    { key: LEAD_GRADE, value: start.grade },
    { key: LEAD_SCORE, value: shownScore(start.score) },
    ...(source === null ? [] : [{ key: LEAD_SOURCE, value: source }]),
    ...(start.cadence === null ? [] : [{ key: CADENCE, value: start.cadence }]),
    ...(start.ownerId === null ? [] : [{ key: LEAD_OWNER, value: start.ownerId }]),
  ];
}
