import type { BehaviorField } from './field.ts';
import { lineScoreSql } from './of-score.ts';

/** Fields of what the lead did. */
export const BEHAVIOR_FIELDS = [
  {
    name: 'events',
    type: 'number',
    unit: 'times',
    parameters: {
      type: { kind: 'text', refersTo: 'event', doc: 'type of the events' },
      within: {
        kind: 'span',
        doc: 'length of time before now in which events count; by default all events count',
        otherwise: '$now',
      },
    },
    sql: `(SELECT count(*) FROM events x WHERE x.lead_id = l.id AND x.type = $type AND NOT x.machine
      AND x.occurred_at > to_timestamp(($now - $within) / 1000))::float8`,
    sqlOfAll: `SELECT x.lead_id, count(*)::float8 AS value FROM events x JOIN leads l ON l.id = x.lead_id
      WHERE x.type = $type AND NOT x.machine AND x.occurred_at > to_timestamp(($now - $within) / 1000) GROUP BY x.lead_id`,
    doc: 'number of events of a type; events of machines do not count',
    example: 'events: { type: email.clicked, within: 14 days, gte: 2 }',
  },
  {
    name: 'lineScore',
    type: 'number',
    unit: 'points',
    words: 'score of the product line',
    parameters: {
      line: {
        kind: 'text',
        doc: 'a product line of settings.yaml; by default that of the need',
        otherwise: '(SELECT need.product_line FROM needs need WHERE need.id = l.need_id)',
      },
    },
    sql: lineScoreSql('$line'),
    doc: 'engagement score now of a product line, see [scoring](scoring.md)',
    example: 'lineScore: { line: greenhouse, gte: 20 }',
  },
] as const satisfies readonly BehaviorField[];
