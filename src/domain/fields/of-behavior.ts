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
    sql: `(SELECT CASE WHEN count(*) = 0 AND $type::text IN ('email.opened', 'email.clicked') AND EXISTS (
        SELECT FROM sends u WHERE u.lead_id = l.id AND u.untracked IS NOT NULL AND u.status IN ('sent', 'in_doubt')
          AND (u.untracked = 'all' OR $type::text = 'email.opened')
          AND u.occurred_at > to_timestamp(($now - $within) / 1000)) THEN NULL ELSE count(*) END
      FROM events x WHERE x.lead_id = l.id AND x.type = $type AND NOT x.machine
      AND x.occurred_at > to_timestamp(($now - $within) / 1000))::float8`,
    sqlOfAll: `SELECT x.lead_id, count(*)::float8 AS value FROM events x JOIN leads l ON l.id = x.lead_id
      WHERE x.type = $type AND NOT x.machine AND x.occurred_at > to_timestamp(($now - $within) / 1000) GROUP BY x.lead_id
      UNION ALL SELECT u.lead_id, NULL FROM sends u JOIN leads l ON l.id = u.lead_id
      WHERE $type::text IN ('email.opened', 'email.clicked') AND u.untracked IS NOT NULL AND u.status IN ('sent', 'in_doubt')
        AND (u.untracked = 'all' OR $type::text = 'email.opened') AND u.occurred_at > to_timestamp(($now - $within) / 1000)
        AND NOT EXISTS (SELECT FROM events y WHERE y.lead_id = u.lead_id AND y.type = $type AND NOT y.machine
          AND y.occurred_at > to_timestamp(($now - $within) / 1000)) GROUP BY u.lead_id`,
    doc: 'number of events of a type; events of machines do not count. Of opens and clicks it is not known where there are none and a mail was not tracked',
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
