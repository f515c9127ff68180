import { verdictOfBands } from '../domain/band-verdict.ts';
import { backtest, type BacktestRow, bandNameOf, type HandOffResult, withReasonLabels } from '../domain/backtest.ts';
import { SCORE_SQL } from '../domain/fields/of-score.ts';
import { bound } from '../store/conditions/bind.ts';
import type { Db, Tx } from '../store/db.ts';
import { leadInScope } from '../store/access/scope.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { countHandOffs, type HandOffOfLead, readHandOffs } from '../store/scoring/hand-offs.ts';
import { isLeadAsked, isOfferAsked } from './asked-for.ts';
import { learnedSections } from './learned.ts';
import { leadsBehind, counted, reached, sectionOf, shareOf } from './of-turns.ts';
import type { Asked, Report, Section } from './report.ts';
import { isOfSome } from './turns.ts';

const HANDED = reached('handed_at');
const FIGURES = [
  counted('needs', 'Came in', 'Needs that were opened in the period.', Prisma.sql`TRUE`),
  counted('qualified', 'Qualified', 'Ready for sales by now.', reached('qualified_at')),
  counted('handed', 'Handed over', 'Offered to a rep.', HANDED),
  counted('won', 'Won', 'Customers by now.', reached('won_at')),
  shareOf(
    'winRate',
    'Won, of those handed over',
    'Won by now, of the needs that were handed over: what is still under way counts as not won.',
    reached('won_at'),
    HANDED,
  ),
];

export const SCORING: Report = {
  key: 'scoring',
  title: 'Scoring',
  question: 'Do score and grade tell who buys, and which rules bring what sales sends back?',
  by: ['fitGrade', 'valueTier', 'source', 'campaign', 'productLine'],
  parts: [
    (tx, asked) =>
      sectionOf(tx, asked, {
        key: 'groups',
        title: 'Who qualifies and buys',
        figures: FIGURES,
        drawn: ['needs', 'handed', 'won'],
      }),
    distribution,
    outcomes,
  ],
  leads: (asked, figure, group, db) =>
    leadsBehind(asked, FIGURES, figure, group) ?? leadsOfScore(asked, figure) ?? leadsOfHandOffs(db, asked, figure),
};

const WIDTH = 10;
/** Leads with the lowest score of their band, by what their points are worth at an instant (epoch milliseconds, real time). */
function leadsAt({ playbook }: Asked, atMs: number): Prisma.Sql {
  const score = bound(SCORE_SQL, { atMs, clock: 'lead', fading: playbook.scoring });
  return Prisma.sql`(SELECT l.id, l.fit_grade, floor(greatest(${score}, 0) / ${WIDTH}) * ${WIDTH} AS "from" FROM leads l)`;
}

const GRADE_OF = { a: 'A', b: 'B', c: 'C', d: 'D' } as const;

/** How many leads have which score now, after what has faded. A row names the instant, so that the list behind it is of the same leads. */
async function distribution(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<{ from: number; leads: number; a: number; b: number; c: number; d: number }>(
    tx,
    Prisma.sql`SELECT one."from"::float8 AS from, count(*)::float8 AS leads,
        count(*) FILTER (WHERE fit_grade = 'A')::float8 AS a, count(*) FILTER (WHERE fit_grade = 'B')::float8 AS b,
        count(*) FILTER (WHERE fit_grade = 'C')::float8 AS c, count(*) FILTER (WHERE fit_grade = 'D')::float8 AS d
      FROM ${leadsAt(asked, asked.realNowMs)} one WHERE ${isOne(asked)} GROUP BY 1 ORDER BY 1`,
  );
  return {
    key: 'scores',
    title: 'Scores now',
    columns: [
      { key: 'score', title: 'Score', unit: 'text', definition: 'Points for what the lead did.' },
      {
        key: 'leads',
        title: 'Leads',
        unit: 'count',
        definition:
          'Whenever they came in, by the score that they have now, after what has faded. Narrowed, leads of whom a need fits.',
        hasLeads: true,
      },
      ...Object.entries(GRADE_OF).map(([key, grade]) => ({
        key,
        title: `Grade ${grade}`,
        unit: 'count' as const,
        definition: `Of these leads, those of grade ${grade}.`,
        hasLeads: true,
      })),
    ],
    rows: rows.map(({ from, ...cells }) => ({
      cells: { score: `${from} to ${from + WIDTH - 1}`, ...cells },
      rowKey: `score|${from}|${asked.realNowMs}`,
    })),
    chart: { kind: 'bars', columns: ['leads'] },
    notes: [],
  };
}

/** `figure`: a column, where the band begins, and as of when (epoch milliseconds): "b|score|20|1764360000000". Null for any other. */
function leadsOfScore(asked: Asked, figure: string): Prisma.Sql | null {
  const [, key, from, atMs] = /^(leads|[abcd])\|score\|(\d{1,9})\|(\d{1,15})$/.exec(figure) ?? [];
  if (key === undefined) return null;
  const ofGrade =
    key === 'leads' ? Prisma.sql`TRUE` : Prisma.sql`one.fit_grade::text = ${GRADE_OF[key as keyof typeof GRADE_OF]}`;
  return Prisma.sql`SELECT one.id AS lead_id FROM ${leadsAt(asked, Number(atMs))} one
    WHERE one."from" = ${Number(from)} AND ${ofGrade} AND ${isOne(asked)}`;
}

/** Whether a lead `one` counts. */
function isOne(asked: Asked): Prisma.Sql {
  return Prisma.sql`${leadInScope(asked.scope, 'one.id')} AND ${isLeadAsked(asked, 'one.id')}`;
}

/** The most hand-offs whose scores are made anew for a report: of more, the newest say what the rules do now. */
const MOST_HAND_OFFS = 2_000;

function pastHandOffs(tx: Tx, asked: Asked): Promise<HandOffOfLead[]> {
  return readHandOffs(tx, asked.playbook, false, { ...whichHandOffs(asked), most: MOST_HAND_OFFS });
}

function whichHandOffs(asked: Asked) {
  return { since: asked.since, until: asked.until, only: isOfferAsked(asked) };
}

/** What became of past hand-offs, by score and by rule. Made from the history of all leads: not for who may see some alone. */
async function outcomes(tx: Tx, asked: Asked): Promise<Section[]> {
  const { scope, playbook } = asked;
  if (scope.kind !== 'all') return [];
  const past = await pastHandOffs(tx, asked);
  const all = past.length < MOST_HAND_OFFS ? past.length : await countHandOffs(tx, playbook, whichHandOffs(asked));
  const notes =
    all > past.length
      ? [
          `Of ${all} hand-offs in the period the newest ${past.length} are told. ${isOfSome(asked) ? 'A shorter time has fewer.' : 'All of them: npx nurture scoring backtest.'}`,
        ]
      : [];
  const { bands, rules } = backtest(past, playbook.scoring.bands);
  const verdict = verdictOfBands(bands, 'score');
  return [
    decided('bands', 'By score at the hand-off', 'Score', withReasonLabels(bands, playbook.reasons), [
      ...notes,
      ...(verdict === null ? [] : [verdict]),
    ]),
    decided(
      'rules',
      'By rule: most sent back first',
      'Rule that gave points',
      withReasonLabels(rules, playbook.reasons),
      notes,
    ),
    ...learnedSections(past, playbook.scoring, notes),
  ];
}

/** Which hand-offs the columns count, by their keys. */
const RESULTS: Readonly<Record<string, readonly HandOffResult[]>> = {
  handOffs: ['won', 'lost', 'rejected', 'open'],
  otherwise: ['won', 'lost', 'rejected', 'open'],
  won: ['won'],
  lost: ['lost'],
  rejected: ['rejected'],
  open: ['open'],
  decided: ['won', 'lost', 'rejected'],
  winRate: ['won'],
  rejectRate: ['rejected'],
};

/** `figure`: a column, and the row: "won|bands|20 to 29", "rejected|rules|opened-pricing". Their scores are made anew, as for the report. */
async function leadsOfHandOffs(db: Db, asked: Asked, figure: string): Promise<Prisma.Sql | null> {
  const [, key = '', section, name = ''] = /^(\w+)\|(bands|rules)\|(.*)$/s.exec(figure) ?? [];
  const results = Object.hasOwn(RESULTS, key) ? RESULTS[key] : undefined;
  if (results === undefined || asked.scope.kind !== 'all') return null;
  const { bands } = asked.playbook.scoring;
  const ids = (await pastHandOffs(db, asked)).flatMap(({ leadId, result, score, ready, rules }) => {
    const isOfRow = section === 'bands' ? bandNameOf(score, bands) === name : rules.includes(name);
    const isOfColumn = results.includes(result) && (key !== 'otherwise' || !ready);
    return isOfRow && isOfColumn ? [leadId] : [];
  });
  return Prisma.sql`SELECT unnest(${ids}::text[]) AS lead_id`;
}

const NAMED = {
  bands:
    'The band of scoring.yaml, or the ten points, that the score was in when the lead was offered, made anew by the rules that are in force now.',
  rules:
    'Rules of scoring.yaml, as they are in force now, that give the lead points for what it had done by then. A hand-off counts with each of them.',
} as const;

function decided(
  key: 'bands' | 'rules',
  title: string,
  first: string,
  rows: readonly BacktestRow[],
  notes: readonly string[],
): Section {
  const share = (percent: number | null): number | null => (percent === null ? null : percent / 100);
  return {
    key,
    title,
    columns: [
      { key: 'name', title: first, unit: 'text', definition: NAMED[key] },
      {
        key: 'handOffs',
        title: 'Hand-offs',
        unit: 'count',
        definition: 'Offers in the period that a rep decided on, also those whose need is still open.',
        hasLeads: true,
      },
      {
        key: 'otherwise',
        title: 'Not by score',
        unit: 'count',
        definition:
          'Of these, those that grade and score alone had not made ready: a high-intent event, a person or older rules brought them.',
        hasLeads: true,
      },
      { key: 'won', title: 'Won', unit: 'count', definition: 'Hand-offs whose need was won.', hasLeads: true },
      {
        key: 'lost',
        title: 'Lost',
        unit: 'count',
        definition: 'Hand-offs that were accepted, and whose need was closed without a sale.',
        hasLeads: true,
      },
      {
        key: 'rejected',
        title: 'Hand-offs sent back',
        unit: 'count',
        definition: 'Hand-offs that the rep rejected, or sent back after accepting.',
        hasLeads: true,
      },
      { key: 'open', title: 'Open', unit: 'count', definition: 'Accepted, neither won nor closed.', hasLeads: true },
      {
        key: 'decided',
        title: 'With an outcome',
        unit: 'count',
        definition: 'Won, lost or sent back. Both shares are of these.',
        hasLeads: true,
      },
      {
        key: 'winRate',
        title: 'Won, of those with an outcome',
        unit: 'share',
        definition: 'Won, of the hand-offs that were won, lost or sent back.',
        hasLeads: true,
      },
      {
        key: 'rejectRate',
        title: 'Sent back, of those with an outcome',
        unit: 'share',
        definition: 'Sent back, of the hand-offs that were won, lost or sent back.',
        hasLeads: true,
      },
      {
        key: 'reason',
        title: 'Most frequent reason',
        unit: 'text',
        definition: 'Why reps sent them back, in the words of reasons.yaml.',
      },
    ],
    rows: rows.map(({ winRate, rejectRate, ...row }) => ({
      rowKey: `${key}|${row.name}`,
      cells: {
        ...row,
        decided: row.won + row.lost + row.rejected,
        winRate: share(winRate),
        rejectRate: share(rejectRate),
        reason: row.reason ?? '',
      },
    })),
    chart: { kind: 'bars', columns: ['winRate', 'rejectRate'] },
    notes,
  };
}
