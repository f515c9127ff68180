/** The scores of past leads: by the rules of the playbook, from what the leads did. */
import type { LeadFacts } from '../../../domain/fields/facts.ts';
import type { Orders } from '../../../domain/orders.ts';
import type { Playbook } from '../../../domain/playbook.ts';
import { type ReplayRules, replayRules, replayScore } from '../../../domain/score-replay.ts';
import type { ScoringModel } from '../../../domain/scoring.ts';
import { valueTierOf } from '../../../domain/value-tier.ts';
import type { PastLife } from './past-life.ts';

/** What is read of the playbook. */
export interface PastRules {
  replay: ReplayRules;
  scoring: ScoringModel;
  /** What a rejection with this reason does to the score: its key to "halve" or "reset"; keys that are missing keep it. */
  recycles: ReadonlyMap<string, string>;
}

export function pastRulesOf({
  scoring,
  productLines,
  reasons,
}: Pick<Playbook, 'scoring' | 'productLines' | 'reasons'>) {
  const recycles = reasons.flatMap(({ reason, follow }) =>
    follow.kind === 'recycle' && follow.score !== 'keep' ? [[reason, follow.score] as const] : [],
  );
  return { replay: replayRules(scoring, productLines), scoring, recycles: new Map(recycles) };
}

/** What rules of scoring and tiers mostly ask about. */
export function factsOf(life: PastLife, orders: Orders | null): LeadFacts {
  const { source, industry, companySize, jobTitle, country, productLine, maturity, grade, valueMinor } = life;
  return {
    source,
    industry,
    companySize,
    jobTitle,
    country,
    productLine,
    maturity,
    grade,
    valueMinor,
    orderCount: orders?.count ?? 0,
    orderValueMinor: orders?.valueMinor ?? 0,
  };
}

type Row = Readonly<Record<string, unknown>>;

interface Past {
  leadId: string;
  /** Rows of `events`. */
  events: readonly Row[];
  /** When and why a rep sent the lead back; null: nobody did. */
  sentBack: { at: string; reason: string } | null;
  facts: LeadFacts;
}

/** Columns of the lead, and its rows of `score_ledger`. */
export function scoresOf(
  { replay, scoring, recycles }: PastRules,
  { leadId, events, sentBack, facts }: Past,
): { columns: Record<string, unknown>; ledger: Record<string, unknown>[] } {
  const recycle = sentBack === null ? undefined : recycles.get(sentBack.reason);
  const { row, entries, lastEngagedAtMs } = replayScore(
    replay,
    {
      events: events
        .filter(({ machine }) => machine === false)
        .map(({ id, type, properties, send_id: sendId, occurred_at: at }) => ({
          id: String(id),
          type: String(type),
          properties: properties as Record<string, unknown>,
          sendId: typeof sendId === 'string' ? sendId : null,
          occurredAtMs: Date.parse(String(at)),
        })),
      adjustments:
        recycle === undefined || sentBack === null
          ? []
          : [{ rule: `recycle: ${recycle}`, group: null, points: 0, atMs: Date.parse(sentBack.at) }],
    },
    facts,
  );
  const tier = valueTierOf(scoring, facts);
  const engagedAt = lastEngagedAtMs === null ? null : new Date(lastEngagedAtMs).toISOString();
  return {
    columns: {
      ...(entries.length > 0 && { score: row.score, score_at: row.scoreAt.toISOString(), score_parts: row.scoreParts }),
      last_engaged_at: engagedAt,
      value_tier: tier,
    },
    ledger: entries.map(({ eventId, rule, points, group, line, before, after, atMs }) => ({
      lead_id: leadId,
      event_id: eventId,
      rule,
      points,
      score_group: group,
      product_line: line,
      before,
      after,
      occurred_at: new Date(atMs).toISOString(),
      recorded_at: new Date(atMs).toISOString(),
    })),
  };
}
