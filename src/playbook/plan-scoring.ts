/** What a change of the scoring rules would do to the leads there are. Reads only. */
import { askedBy, namesAsked } from '../domain/fields/asked.ts';
import type { Playbook } from '../domain/playbook.ts';
import {
  changesScoring,
  countLead,
  emptyPlan,
  needsGrading,
  needsReplay,
  type Rated,
  type ScoringPlan,
} from '../domain/scoring-plan.ts';
import { scoreAtMs } from '../domain/score.ts';
import { segmentConditions } from '../domain/segment.ts';
import type { Stage } from '../domain/stage.ts';
import { leadNow } from '../store/clock.ts';
import type { Db } from '../store/db.ts';
import type { Lead } from '../store/generated/client.ts';
import { isReadyNow, qualificationOf } from '../store/scoring/evaluate.ts';
import { factReader } from '../store/facts/facts.ts';
import { graded, ratingConditions } from '../store/scoring/grade.ts';
import { eventsInAll, readPopulation } from '../store/scoring/population.ts';
import { replayedScore, replayRulesOf, scoringConditions } from '../store/scoring/rescored.ts';

/** Those that can qualify, and those with sales that are no opportunity yet. */
const STAGES: readonly Stage[] = ['new', 'nurturing', 'dormant', 'qualifying', 'qualified', 'assigned', 'accepted'];

/** So many past events are counted anew within a minute. Of more, only a share of the leads is looked at, unless all are asked for. */
const EVENTS_AT_MOST = 2_000_000;

export interface ScoringPlanOptions {
  nowMs: number;
  /** Every lead, however long it takes. */
  all?: boolean | undefined;
  /** Called now and then with the number of leads that were looked at. */
  progress?: ((leads: number) => void) | undefined;
}

/** Null when scoring does not change, or nothing was published before. */
export async function planScoring(
  db: Db,
  before: Playbook | null,
  after: Playbook,
  { nowMs, all = false, progress }: ScoringPlanOptions,
): Promise<ScoringPlan | null> {
  if (before === null || !changesScoring(before.scoring, after.scoring)) return null;
  const replayed = needsReplay(before.scoring, after.scoring);
  const regraded = needsGrading(before.scoring, after.scoring);
  const rules = replayRulesOf(after);
  const oneIn = all || !replayed ? 1 : Math.max(1, Math.ceil((await eventsInAll(db)) / EVENTS_AT_MOST));
  const plan = emptyPlan([before.scoring, after.scoring], replayed, oneIn);
  const conditions = [...scoringConditions(after.scoring), ...(regraded ? ratingConditions(before.scoring) : [])];
  const segments = segmentConditions(after.segments);
  const factsOfLead = factReader(after, conditions);
  const factsBefore = factReader(before, ratingConditions(before.scoring));
  const population = {
    stages: STAGES,
    names: namesAsked(conditions, segments),
    asked: replayed || regraded ? askedBy(conditions, segments) : null,
    fading: after.scoring,
    atMs: nowMs,
    replay: replayed ? rules : null,
    oneIn,
  };
  for await (const { leads, contexts, past } of readPopulation(db, population)) {
    for (const lead of leads) {
      const atMs = leadNow(lead, nowMs);
      const context = contexts.get(lead.id) ?? {};
      const facts = replayed ? factsOfLead(lead, context, atMs) : {};
      const scored = replayed
        ? replayedScore(after, rules, lead, { context, past: past.get(lead.id), atMs, facts }).lead
        : lead;
      const then = regraded ? graded(after, scored, context, atMs, factsOfLead(scored, context, atMs)).lead : scored;
      const one = { leadId: lead.id, stage: lead.stage as Stage };
      const now = rated(before, lead, atMs);
      const again = regraded ? graded(before, lead, context, atMs, factsBefore(lead, context, atMs)).lead : lead;
      countLead(plan, one, {
        before: now,
        regraded: again.fitGrade === lead.fitGrade ? now : rated(before, again, atMs),
        after: rated(after, then, atMs),
      });
    }
    progress?.(plan.leads);
  }
  return plan;
}

function rated(playbook: Playbook, lead: Lead, atMs: number): Rated {
  const score = scoreAtMs(lead, atMs, playbook.scoring);
  const grade = lead.fitGrade;
  const ready = isReadyNow(playbook, lead, score, atMs);
  // Nothing but readiness changes with the rules: whoever is not ready does not qualify by it, whatever else is true.
  const qualifies = ready && qualificationOf(playbook, lead, atMs, null).qualifies;
  return { grade, score, ready, qualifies };
}
