import type { Condition, LeadFacts } from '../../domain/condition.ts';
import { askedBy } from '../../domain/fields/asked.ts';
import type { Asked } from '../../domain/fields/asked.ts';
import type { Playbook } from '../../domain/playbook.ts';
import {
  type Replayed,
  type ReplayRules,
  replayRules,
  replayScore,
  type ScorePast,
} from '../../domain/score-replay.ts';
import type { ScoringModel } from '../../domain/scoring.ts';
import { segmentConditions } from '../../domain/segment.ts';
import { factsOf } from '../facts/facts.ts';
import type { LeadContext } from '../facts/load-contexts.ts';
import type { Lead, Prisma } from '../generated/client.ts';
import { graded, ratingConditions, type Rated } from './grade.ts';

/** A lead as the rules would have it if they had always been these. */
export interface Rescored {
  lead: Lead;
  replayed: Replayed;
}

/** `atMs` is on the lead's clock. */
export interface Known {
  context: LeadContext;
  past: ScorePast | undefined;
  atMs: number;
  /** What the rules ask about; without it all facts are read. */
  facts?: LeadFacts;
}

const NO_PAST: ScorePast = { events: [], adjustments: [] };

/** Everything that the conditions of scoring ask about. */
export function askedByScoring({ scoring, segments }: Pick<Playbook, 'scoring' | 'segments'>): Asked {
  return askedBy(scoringConditions(scoring), segmentConditions(segments));
}

/** All conditions of scoring. */
export function scoringConditions(scoring: ScoringModel): (Condition | undefined)[] {
  return [...[...scoring.engagement, ...scoring.highIntent].map(({ when }) => when), ...ratingConditions(scoring)];
}

export function replayRulesOf({ scoring, productLines }: Pick<Playbook, 'scoring' | 'productLines'>): ReplayRules {
  return replayRules(scoring, productLines);
}

/** With its score and grade made anew. Writes nothing. */
export function rescored(
  playbook: Playbook,
  rules: ReplayRules,
  lead: Lead,
  known: Known,
): Rescored & { rated: Rated } {
  const { lead: row, replayed } = replayedScore(playbook, rules, lead, known);
  const { lead: anew, rated } = graded(playbook, row, known.context, known.atMs);
  return { lead: anew, rated, replayed };
}

/** With its score made anew, and its grade as it is. */
export function replayedScore(
  playbook: Playbook,
  rules: ReplayRules,
  lead: Lead,
  { context, past = NO_PAST, atMs, facts = factsOf(lead, context, playbook, atMs) }: Known,
): Rescored {
  const replayed = replayScore(rules, past, facts);
  const { score, scoreAt, scoreParts } = replayed.row;
  // Without points there is no instant that they fade from.
  const at = replayed.entries.length === 0 ? lead.scoreAt : scoreAt;
  return { lead: { ...lead, score, scoreAt: at, scoreParts: scoreParts as Prisma.JsonValue }, replayed };
}
