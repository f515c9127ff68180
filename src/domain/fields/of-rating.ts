import { ordersOf } from '../orders.ts';
import { bandOf, COLD, READINESS, readinessOf } from '../readiness.ts';
import { scoreAtMs } from '../score.ts';
import type { Grade } from '../stage.ts';
import type { RowField } from './field.ts';
import { SCORE_SQL } from './of-score.ts';

const DAY_MS = 86_400_000;

/** What of a list of steps, the highest first, the score has reached. */
const reachedSql = (steps: string, value: string): string =>
  `(SELECT s.step->>'${value}' FROM jsonb_array_elements(${steps}) WITH ORDINALITY s(step, n) WHERE (s.step->>'from')::float8 <= (${SCORE_SQL}) ORDER BY s.n LIMIT 1)`;

/** Fields of how good a lead is. */
export const RATING_FIELDS = [
  {
    name: 'readiness',
    type: 'choice',
    values: READINESS,
    part: 'lead',
    read: ({ lead }, { atMs, fading }) =>
      readinessOf(fading, { ...lead, fitGrade: lead.fitGrade as Grade }, scoreAtMs(lead, atMs, fading)),
    sql: `CASE WHEN l.last_high_intent_at > coalesce(l.armed_at, '-infinity') THEN 'ready' ELSE coalesce(${reachedSql('$readiness -> l.fit_grade::text', 'is')}, 'later') END`,
    doc: 'grade and score together, see [scoring](scoring.md); `ready` also by high intent',
    example: 'readiness: [ready, soon]',
  },
  {
    name: 'scoreBand',
    type: 'text',
    part: 'lead',
    words: 'band of the score',
    read: ({ lead }, { atMs, fading }) => bandOf(fading, scoreAtMs(lead, atMs, fading)),
    sql: `CASE WHEN $bands IS NOT NULL THEN coalesce(${reachedSql('$bands', 'band')}, '${COLD}') END`,
    refersTo: 'band',
    doc: 'band of the score now, one of `bands` in scoring.yaml or `cold`; unknown without bands',
    example: 'scoreBand: [hot, warm]',
  },
  {
    name: 'fitCompleteness',
    type: 'number',
    unit: 'percent',
    part: 'lead',
    words: 'completeness of the fit',
    read: ({ lead }) => lead.fitCompleteness,
    sql: 'l.fit_completeness',
    doc: 'how much is known of what the fit asks about',
    example: 'fitCompleteness: { lt: 50 }',
  },
  {
    name: 'valueTier',
    type: 'text',
    part: 'lead',
    words: 'value tier',
    read: ({ lead }) => lead.valueTier,
    sql: 'l.value_tier',
    refersTo: 'value tier',
    doc: 'one of `valueTiers` in scoring.yaml; unknown where none fits',
    example: 'valueTier: [key-account, regular]',
  },
  {
    name: 'orderCount',
    type: 'number',
    unit: 'times',
    part: 'lead',
    words: 'number of orders',
    read: ({ lead }) => ordersOf(lead)?.count ?? 0,
    sql: "coalesce((l.orders->>'count')::float8, 0)",
    doc: 'number of `order.placed` events',
    example: 'orderCount: { gte: 2 }',
  },
  {
    name: 'orderValueMinor',
    type: 'number',
    unit: 'minor units',
    part: 'lead',
    words: 'value of all orders',
    read: ({ lead }) => ordersOf(lead)?.valueMinor ?? 0,
    sql: "coalesce((l.orders->>'valueMinor')::float8, 0)",
    doc: 'sum of `valueMinor` of its orders, of those in the currency of the first',
    example: 'orderValueMinor: { gte: 1000000 }',
  },
  {
    name: 'daysSinceOrder',
    type: 'number',
    unit: 'days',
    part: 'lead',
    words: 'time since the last order',
    read: ({ lead }, { atMs }) => {
      const orders = ordersOf(lead);
      return orders === null ? null : Math.max(0, Math.floor((atMs - orders.lastAtMs) / DAY_MS));
    },
    sql: `CASE WHEN l.orders IS NOT NULL THEN greatest(0, floor(($now - (l.orders->>'lastAtMs')::float8) / ${DAY_MS})) END`,
    doc: 'whole days since the last order; unknown before the first',
    example: 'daysSinceOrder: { lte: 365 }',
  },
] as const satisfies readonly RowField[];
