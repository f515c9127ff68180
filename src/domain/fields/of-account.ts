import type { BehaviorField } from './field.ts';
import { SCORE_SQL } from './of-score.ts';

/**
 * Whether a person counts for the readiness of the account (`account` in scoring.yaml), as a condition on their row of `leads` by this alias:
 * fits at all, engaged lately and after a recycle, and has the points. Without the rule nobody does.
 */
export function countsSql(alias: string): string {
  return `(${alias}.stage NOT IN ('no-need', 'disqualified') AND ${alias}.fit_grade::text = ANY($accountGrades)
    AND ${alias}.last_engaged_at > to_timestamp(($now - $accountWithin) / 1000)
    AND (${alias}.armed_at IS NULL OR ${alias}.last_engaged_at > ${alias}.armed_at) AND ${scoreOf(alias)} >= $accountPerson)`;
}

/** The score of a person by this alias. */
export function scoreOf(alias: string): string {
  return `(${SCORE_SQL.replaceAll(/\bl\./g, `${alias}.`)})`;
}

const overPeople = (value: string): string =>
  `CASE WHEN $accountPerson IS NOT NULL AND l.account_id IS NOT NULL THEN (SELECT ${value} FROM leads m WHERE m.account_id = l.account_id AND ${countsSql('m')}) END`;

/** Fields of the lead's company. */
export const ACCOUNT_FIELDS = [
  {
    name: 'account.people',
    type: 'number',
    unit: 'people',
    words: 'interested people of the account',
    parameters: {},
    sql: overPeople('count(*)::float8'),
    doc: 'people of its company who show interest by `account` in scoring.yaml, itself among them; unknown without a company or that rule',
    example: 'account.people: { gte: 2 }',
  },
  {
    name: 'account.score',
    type: 'number',
    unit: 'points',
    words: 'score of the account',
    parameters: {},
    sql: overPeople(`coalesce(sum${scoreOf('m')}, 0)::float8`),
    doc: 'their engagement scores together, see [scoring](scoring.md#account-readiness)',
    example: 'account.score: { gte: 40 }',
  },
] as const satisfies readonly BehaviorField[];
