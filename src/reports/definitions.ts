/** What “qualified” meant when a need was handed over: by which rules of which playbook, and what made it ready by them. */
import { BY_ACCOUNT } from '../domain/account-readiness.ts';
import { HIGH_INTENT } from '../domain/qualification.ts';
import { Prisma } from '../store/generated/client.ts';
import type { Asked, Row, Section } from './report.ts';
import { withTurns } from './turns.ts';

/** The parts of scoring.yaml that say who is ready. Revisions that agree in them have the same definition. */
const DEFINITION = Prisma.raw(
  ['ready', 'grades', 'bands', 'readiness', 'highIntent', 'account', 'learnedReady']
    .map((part) => `p.rules->'scoring'->'${part}'`)
    .join(', '),
);

/** Of a need that a person handed over before it was ready, or that came in by an older version. */
const WITHOUT_RULES = 'handed over without the rules';

const CAUSE = Prisma.sql`CASE WHEN why.because = ${HIGH_INTENT} THEN 'at once by ' || why.by
  WHEN q.because = ${`by ${BY_ACCOUNT}`} THEN 'the people of its company together'
  WHEN q.because LIKE 'by %' THEN 'score and grade'
  ELSE coalesce(q.because, ${WITHOUT_RULES}) END`;

/**
 * `handed`: the turns that were handed over, each with its definition (the numbers of its first and last revision) and cause. What says it
 * is joined to all of them at once, and not looked up for each.
 */
export function withDefinitions(asked: Asked): Prisma.Sql {
  return Prisma.sql`${withTurns(asked)},
    arrived AS MATERIALIZED (SELECT turn.* FROM turns turn WHERE turn.handed_at IS NOT NULL),
    first_offers AS (
      SELECT DISTINCT ON (a.need_id) a.need_id, a.playbook_revision, CASE WHEN a.rule LIKE 'rerouted by %' THEN 'by hand' ELSE a.rule END AS rule
      FROM assignments a WHERE a.need_id IN (SELECT arrived.id FROM arrived) ORDER BY a.need_id, a.created_at, a.id),
    first_ready AS (
      SELECT DISTINCT ON (arrived.id) arrived.id, c.because FROM arrived
      JOIN stage_changes c ON c.need_id = arrived.id AND c.lead_id = arrived.lead_id AND c.to_stage = 'qualified'
      ORDER BY arrived.id, c.occurred_at, c.id),
    causes AS (
      SELECT DISTINCT ON (arrived.id) arrived.id, u.data->>'because' AS because, u.data->>'by' AS by, (u.data->>'playbook')::int AS playbook
      FROM arrived JOIN audit u ON u.lead_id = arrived.lead_id AND u.action = 'lead.qualified' AND u.occurred_at BETWEEN arrived.opened_at AND arrived.handed_at
      ORDER BY arrived.id, u.occurred_at, u.id),
    offered AS MATERIALIZED (
      SELECT turn.*, coalesce(why.playbook, a.playbook_revision) AS revision, a.rule AS routed_by, ${CAUSE} AS cause
      FROM arrived turn LEFT JOIN first_offers a ON a.need_id = turn.id LEFT JOIN first_ready q ON q.id = turn.id LEFT JOIN causes why ON why.id = turn.id),
    definitions AS MATERIALIZED (
      SELECT p.number, p.rules->'scoring'->'ready' AS ready, min(p.number) OVER same AS first, max(p.number) OVER same AS last
      FROM playbook_revisions p WHERE p.number IN (SELECT revision FROM offered)
      WINDOW same AS (PARTITION BY ${DEFINITION})),
    handed AS (
      SELECT turn.*, d.first, d.last, d.ready, back.need_id IS NOT NULL AS is_sent_back
      FROM offered turn LEFT JOIN definitions d ON d.number = turn.revision
      LEFT JOIN (SELECT DISTINCT a.need_id FROM assignments a WHERE a.status = 'rejected') back ON back.need_id = turn.id)`;
}

/** A definition and a cause, and how many needs came to what by them. */
export interface DefinitionCounts {
  first: number | null;
  last: number | null;
  ready: Record<string, number | null> | null;
  cause: string;
  handed: number;
  accepted: number;
  rejected: number;
  won: number;
}

const SENT_BACK = Prisma.sql`handed.is_sent_back`;

/** `DefinitionCounts` of `handed`. */
export const COUNT_DEFINITIONS = Prisma.sql`
  SELECT first, last, ready, cause, count(*)::float8 AS handed, count(accepted_at)::float8 AS accepted,
    count(*) FILTER (WHERE ${SENT_BACK})::float8 AS rejected, count(won_at)::float8 AS won
  FROM handed GROUP BY 1, 2, 3, 4 ORDER BY first DESC NULLS LAST, handed DESC, cause`;

export function definitionsSection(rows: readonly DefinitionCounts[]): Section {
  return {
    key: 'definitions',
    title: 'By definition of qualified',
    columns: [
      {
        key: 'definition',
        title: 'Definition',
        unit: 'text',
        definition: 'Playbooks whose rules say the same of who is ready, and the score that each grade needs by them.',
      },
      { key: 'cause', title: 'Ready by', unit: 'text', definition: 'What made the need ready for sales.' },
      {
        key: 'handed',
        title: 'Needs handed over',
        unit: 'count',
        definition: 'Needs that came in within the period and were offered to a rep since.',
        hasLeads: true,
      },
      {
        key: 'accepted',
        title: 'Needs accepted',
        unit: 'count',
        definition: 'Needs that a rep accepted, at the first offer or a later one.',
        hasLeads: true,
      },
      {
        key: 'acceptance',
        title: 'Acceptance rate',
        unit: 'share',
        definition: 'Accepted, of those handed over.',
        hasLeads: true,
      },
      {
        key: 'rejected',
        title: 'Needs that a rep rejected',
        unit: 'count',
        definition: 'Needs that a rep rejected, or sent back after accepting, at least once, whatever came then.',
        hasLeads: true,
      },
      { key: 'won', title: 'Needs won', unit: 'count', definition: 'Of these, customers by now.', hasLeads: true },
    ],
    rows: rows.map(({ first, last, ready, cause, ...counts }): Row => ({
      cells: { definition: inWords(first, last, ready), cause, ...counts, acceptance: counts.accepted / counts.handed },
      rowKey: `${first ?? ''}|${cause}`,
    })),
    chart: { kind: 'bars', columns: ['handed', 'accepted'] },
    notes: [],
  };
}

/** "playbook 3 to 7: A from 20, B from 40". */
function inWords(first: number | null, last: number | null, ready: DefinitionCounts['ready']): string {
  if (first === null) return 'not known';
  const needed = Object.entries(ready ?? {}).flatMap(([grade, score]) =>
    score === null ? [] : [`${grade} from ${score}`],
  );
  const numbers = first === last ? `playbook ${first}` : `playbook ${first} to ${last}`;
  return needed.length === 0 ? numbers : `${numbers}: ${needed.toSorted().join(', ')}`;
}

const WHO: Readonly<Record<string, Prisma.Sql>> = {
  handed: Prisma.sql`TRUE`,
  accepted: Prisma.sql`handed.accepted_at IS NOT NULL`,
  acceptance: Prisma.sql`handed.accepted_at IS NOT NULL`,
  rejected: SENT_BACK,
  won: Prisma.sql`handed.won_at IS NOT NULL`,
};

/** `figure`: one of the columns, and what names the row: "accepted|3|score and grade". Null for any other. */
export function leadsOfDefinition(asked: Asked, figure: string): Prisma.Sql | null {
  const [, key = '', first = '', cause] = /^(\w+)\|(\d{0,9})\|(.*)$/s.exec(figure) ?? [];
  const who = Object.hasOwn(WHO, key) ? WHO[key] : undefined;
  if (who === undefined || cause === undefined) return null;
  return Prisma.sql`${withDefinitions(asked)} SELECT handed.lead_id FROM handed
    WHERE ${who} AND handed.first IS NOT DISTINCT FROM ${first === '' ? null : Number(first)}::int AND handed.cause = ${cause}`;
}
