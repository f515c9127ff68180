import { type SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { type Standing, stateOf } from '../domain/standing.ts';
import {
  CADENCE,
  LEAD_GRADE,
  LEAD_OWNER,
  LEAD_SCORE,
  LEAD_SOURCE,
  LEAD_STAGE,
  LEAD_STATE,
} from './search-attribute-keys.ts';

/** The values of the search attributes. They are written again when one of these differs. */
export interface Shown {
  stage: string | null;
  cadence: string | null;
  owner: string | null;
  state: string | null;
  source: string | null;
}

/**
 * The values that the run was started with. Null for a run that older code started without the state of the lead. Such a run
 * writes every attribute after its first look, and does so again when it is replayed.
 */
export function shownAtStart(): Shown | null {
  const attributes = workflowInfo().typedSearchAttributes;
  const state = attributes.get(LEAD_STATE) ?? null;
  if (state === null) return null;
  return {
    stage: attributes.get(LEAD_STAGE) ?? null,
    cadence: attributes.get(CADENCE) ?? null,
    owner: attributes.get(LEAD_OWNER) ?? null,
    state,
    source: attributes.get(LEAD_SOURCE) ?? null,
  };
}

/** After the first look of a run that was started with everything: an upsert only where the look says otherwise. */
export function upsertWhatDiffers(shown: Shown, now: Standing): Shown {
  const next = shownBy(now);
  if (Object.entries(next).some(([name, value]) => shown[name as keyof Shown] !== value)) upsertAttributes(now);
  return next;
}

/** The same for a run that was begun by older code, which looks at stage, cadence and owner alone. */
export function showAttributes(before: Standing | null, now: Standing): void {
  if (before === null || before.stage !== now.stage || before.cadence !== now.cadence || before.ownerId !== now.ownerId)
    upsertAttributes(now);
}

function shownBy(now: Standing): Shown {
  const { stage, cadence, source } = now;
  return { stage, cadence, owner: ownerOf(now), state: stateOf(now), source };
}

/** Score and grade are as of this moment: they are not shown anew at each step. */
function upsertAttributes(now: Standing): void {
  const pairs: SearchAttributeUpdatePair[] = [
    { key: LEAD_STAGE, value: now.stage },
    { key: LEAD_STATE, value: stateOf(now) },
    { key: LEAD_GRADE, value: now.grade },
    { key: LEAD_SCORE, value: now.score },
    { key: CADENCE, value: now.cadence },
    { key: LEAD_OWNER, value: ownerOf(now) },
    { key: LEAD_SOURCE, value: now.source },
  ];
  upsertSearchAttributes(pairs);
}

/** The rep's handle. An answer that older code recorded has the key, by which the run is shown until its next look. */
function ownerOf({ ownerKey, ownerId }: Standing): string | null {
  return ownerKey === undefined ? ownerId : ownerKey;
}

/** What the Temporal UI shows of a running lead (Markdown), and the answer to the query `why`. */
export function detailsOf(leadId: string, standing: Standing | null): string {
  if (standing === null) return `**${leadId}** is being looked up.`;
  const owner = ownerOf(standing);
  const lines = [
    `**Stage** ${standing.stage} · **grade** ${standing.grade} · **score** ${standing.score}`,
    standing.cadence === null ? null : `**Cadence** ${standing.cadence}`,
    owner === null ? null : `**Owner** ${owner}`,
    `**Next** ${standing.next.summary}`,
    `**Why** ${standing.because}`,
  ];
  return lines.filter((line) => line !== null).join('\n\n');
}
