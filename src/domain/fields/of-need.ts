import { inWholeUnits, minorUnitsSql } from '../currency.ts';
import { proposedLine } from '../proposed-line.ts';
import { BANT_STATES, MATURITIES } from '../stage.ts';
import { ofNeed } from './column.ts';
import type { RowField } from './field.ts';
import { lineScoreSql } from './of-score.ts';

/** Fields of the current need: the open one, or the last one that was closed. */
export const NEED_FIELDS = [
  {
    name: 'need',
    type: 'text',
    ...ofNeed('type'),
    doc: 'type of the need',
    example: 'need: automation',
  },
  {
    name: 'productLine',
    type: 'text',
    ...ofNeed('productLine'),
    doc: 'product line of the need',
    example: 'productLine: vineyard',
  },
  {
    name: 'proposedLine',
    type: 'text',
    part: 'need',
    column: 'productLine',
    words: 'proposed product line',
    read: ({ lead, need }, { atMs, fading }) =>
      proposedLine(fading, lead, (need?.['productLine'] as string | null | undefined) ?? null, atMs)?.line ?? null,
    sql: `(SELECT k.line FROM (SELECT k.line, ${lineScoreSql('k.line')} AS points FROM jsonb_object_keys(l.score_parts->'lines') k(line)) k
      WHERE k.points >= $lineNeed AND k.line IS DISTINCT FROM n.product_line ORDER BY k.points DESC, k.line COLLATE "C" LIMIT 1)`,
    doc: 'product line that the score speaks for and the need is not about; unknown without `lineNeed`, see [scoring](scoring.md#a-need-that-the-score-speaks-for)',
    example: 'proposedLine: vineyard',
  },
  {
    name: 'funnelStage',
    type: 'text',
    ...ofNeed('funnelStage'),
    doc: 'step of the funnel of `settings.yaml` that the need is at; unknown before `opportunity`',
    example: 'funnelStage: quote sent',
    words: 'step of the funnel',
  },
  {
    name: 'maturity',
    type: 'choice',
    values: MATURITIES,
    enumType: 'maturity',
    ...ofNeed('maturity'),
    doc: 'maturity of the need; `researching` at first',
    example: 'maturity: ready',
  },
  {
    name: 'valueMinor',
    type: 'number',
    unit: 'minor units',
    ...ofNeed('valueMinor'),
    sql: 'n.value_minor::float8',
    doc: 'expected value, in minor units of its currency: 2500000 is 25,000.00 EUR',
    example: 'valueMinor: { gte: 2500000 }',
    words: 'value',
  },
  {
    name: 'value',
    type: 'number',
    unit: 'whole units',
    part: 'need',
    read: ({ need }) => (need ? inWholeUnits(need.valueMinor, need.currency) : null),
    sql: `n.value_minor::float8 / ${minorUnitsSql('n.currency')}::float8`,
    doc: 'expected value, in whole units of its currency',
    example: 'value: { gte: 25000 }',
    instead:
      'money is in minor units: write valueMinor, so that value: { gte: 25000 } becomes valueMinor: { gte: 2500000 }',
  },
  {
    name: 'currency',
    type: 'text',
    ...ofNeed('currency'),
    doc: 'currency of the value, three letters',
    example: 'currency: EUR',
  },
  {
    name: 'budget',
    type: 'choice',
    values: BANT_STATES,
    enumType: 'bant',
    ...ofNeed('budget'),
    doc: 'BANT: is there a budget?',
    example: 'budget: known',
  },
  {
    name: 'authority',
    type: 'choice',
    values: BANT_STATES,
    enumType: 'bant',
    ...ofNeed('authority'),
    doc: 'BANT: may the lead decide?',
    example: 'authority: { not: no }',
  },
  {
    name: 'needKnown',
    type: 'choice',
    values: BANT_STATES,
    enumType: 'bant',
    ...ofNeed('needKnown'),
    doc: 'BANT: is the need known?',
    example: 'needKnown: known',
  },
  {
    name: 'timing',
    type: 'choice',
    values: BANT_STATES,
    enumType: 'bant',
    ...ofNeed('timing'),
    doc: 'BANT: is the time of the purchase known?',
    example: 'timing: known',
  },
  {
    name: 'recycleCount',
    type: 'number',
    unit: 'times',
    ...ofNeed('recycleCount'),
    read: ({ need }) => (need === undefined ? null : (need?.recycleCount ?? 0)),
    sql: 'coalesce(n.recycle_count, 0)',
    doc: 'number of times that sales sent this need back; 0 at first',
    example: 'recycleCount: { gte: 2 }',
  },
] as const satisfies readonly RowField[];
