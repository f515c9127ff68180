import type { Tx } from '../store/db.ts';
import { leadInScope } from '../store/access/scope.ts';
import { Prisma } from '../store/generated/client.ts';
import { IN_TIME, IN_TIME_OR_NOT, LET_PASS, OVERDUE } from '../store/lists/decisions.ts';
import { planned } from '../store/planned.ts';
import { isNeedAsked, isOfferAsked } from './asked-for.ts';
import { type Grouped, inGroup, rowsOf } from './grouped.ts';
import { moneySql } from './money.ts';
import type { Asked, Cell, Column, Report, Section } from './report.ts';

const COLUMNS: readonly Column[] = [
  { key: 'group', title: 'Rep', unit: 'text', definition: 'Who got the offer, whoever had the need later.' },
  {
    key: 'handed',
    title: 'Offers',
    unit: 'count',
    definition:
      'Offers that were made to reps in the period, whenever the need came in. A need that is offered twice counts twice.',
    hasLeads: true,
  },
  { key: 'accepted', title: 'Offers accepted', unit: 'count', definition: 'Of these, accepted.', hasLeads: true },
  {
    key: 'rejected',
    title: 'Offers rejected',
    unit: 'count',
    definition:
      'Of these offers, rejected, sent back after accepting, or passed on: a need that two reps rejected counts twice.',
    hasLeads: true,
  },
  {
    key: 'moved',
    title: 'Handed to somebody else',
    unit: 'count',
    definition: 'Of these, given to somebody else by a manager while there was time, or taken back by the engine.',
    hasLeads: true,
  },
  {
    key: 'undecided',
    title: 'Undecided',
    unit: 'count',
    definition: 'Of these, the rep has yet to decide, in time or not.',
    hasLeads: true,
  },
  {
    key: 'overdue',
    title: 'Undecided, overdue',
    unit: 'count',
    definition: 'Of the undecided ones, those whose time to decide is over.',
    hasLeads: true,
  },
  {
    key: 'expired',
    title: 'Let pass',
    unit: 'count',
    definition: 'Of these offers, not decided before their time was over, so that somebody else got them.',
    hasLeads: true,
  },
  {
    key: 'won',
    title: 'Offers won',
    unit: 'count',
    definition: 'Of the accepted ones, customers by now.',
    hasLeads: true,
  },
  {
    key: 'value',
    title: 'Value of offers won',
    unit: 'money',
    definition: 'What the won ones are worth.',
    hasLeads: true,
  },
  {
    key: 'inTime',
    title: 'In time',
    unit: 'share',
    definition:
      'Decided before the time to decide was over, of all that a person decided on or let pass, or that still wait though their time is over. What a manager moved away undecided while there was time does not count, nor an opportunity that was handed over.',
    hasLeads: true,
  },
  {
    key: 'decide',
    title: 'To decide, median',
    unit: 'seconds',
    definition: 'From when the rep was told until the decision.',
    hasLeads: true,
  },
  {
    key: 'contact',
    title: 'To first contact, median',
    unit: 'seconds',
    definition: 'From when the rep was told until the first logged contact or attempt.',
    hasLeads: true,
  },
  {
    key: 'answer',
    title: 'To answer a reply, median',
    unit: 'seconds',
    definition:
      'From a reply of a lead until the logged contact that answers it, of the replies answered in the period.',
    hasLeads: true,
  },
  {
    key: 'answerInTime',
    title: 'Answered in time',
    unit: 'share',
    definition: 'Answered before the time to answer was over, of the answered replies that had one.',
    hasLeads: true,
  },
  {
    key: 'activities',
    title: 'Activities',
    unit: 'count',
    definition: 'Calls, mails, meetings and attempts that were logged in the period.',
    hasLeads: true,
  },
  {
    key: 'tasks',
    title: 'Tasks done',
    unit: 'count',
    definition: 'Tasks that were closed as done in the period.',
    hasLeads: true,
  },
];

/** Somebody else took the lead from the rep. */
const MOVED = Prisma.sql`((a.status IN ('withdrawn', 'expired') OR (a.status = 'rerouted' AND a.decided_by IS DISTINCT FROM a.rep_id))
  AND NOT ${LET_PASS})`;

/** Accepted, rejected, moved, undecided and expired are all offers, each in one of them. */
const KINDS: Readonly<Record<string, Prisma.Sql>> = {
  handed: Prisma.sql`TRUE`,
  accepted: Prisma.sql`a.status = 'accepted'`,
  rejected: Prisma.sql`(a.status = 'rejected' OR (a.status = 'rerouted' AND a.decided_by = a.rep_id AND NOT ${LET_PASS}))`,
  moved: MOVED,
  undecided: Prisma.sql`a.status = 'offered'`,
  overdue: OVERDUE,
  expired: LET_PASS,
  won: Prisma.sql`a.status = 'accepted' AND need.outcome = 'won'`,
};

const counts = Prisma.join(
  Object.entries(KINDS).map(
    ([key, who]) => Prisma.sql`count(*) FILTER (WHERE ${who})::float8 AS ${Prisma.raw(`"${key}"`)}`,
  ),
);

export const MANAGERS: Report = {
  key: 'reps',
  title: 'Reps and teams',
  question: 'What do reps and teams make of the leads that they get, and how fast?',
  counts:
    'Counts offers that were made within the period, whenever the need came in: of these more can be won than of the needs that came in within it.',
  by: ['rep', 'team'],
  parts: [whatTheyMade],
  leads: (asked, figure, group) => leadsOfOffers(asked, figure, group) ?? leadsOfDone(asked, figure, group),
};

const TOLD = Prisma.sql`coalesce(a.told_at, a.offered_at)`;

/** Which offers are behind the figures that are no counts. */
const MADE_OF: Readonly<Record<string, Prisma.Sql>> = {
  value: KINDS['won'] ?? Prisma.empty,
  inTime: IN_TIME,
  decide: Prisma.sql`a.offer_decided_at >= ${TOLD}`,
  contact: Prisma.sql`a.first_contact_at >= ${TOLD}`,
};

function leadsOfOffers(asked: Asked, figure: string, group: string | null | undefined): Prisma.Sql | null {
  const all = { ...KINDS, ...MADE_OF };
  const who = Object.hasOwn(all, figure) ? all[figure] : undefined;
  if (who === undefined) return null;
  // An offer that is over still counts for its rep; its lead is shown to whom it belongs today.
  return Prisma.sql`WITH offers AS (${offers(asked)}) SELECT a.lead_id FROM offers a JOIN needs need ON need.id = a.need_id
    WHERE ${who} AND ${inGroup(Prisma.sql`a.grp`, group)} AND ${leadInScope(asked.scope, 'need.lead_id')}`;
}

/** The leads behind what reps did: replies that they answered, activities, tasks. */
function leadsOfDone(asked: Asked, figure: string, group: string | null | undefined): Prisma.Sql | null {
  const done = Object.hasOwn(DONE, figure) ? DONE[figure]?.(asked) : undefined;
  if (done === undefined) return null;
  return Prisma.sql`SELECT done.lead_id FROM (${done}) done
    WHERE ${inGroup(Prisma.sql`done.grp`, group)} AND ${leadInScope(asked.scope, 'done.lead_id')}`;
}

async function whatTheyMade(tx: Tx, asked: Asked): Promise<Section> {
  const median = (to: string) => {
    const at = Prisma.raw(to);
    return Prisma.sql`percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ${at} - ${TOLD})) FILTER (WHERE ${at} >= ${TOLD})`;
  };
  const rows = await planned<Grouped>(
    tx,
    Prisma.sql`WITH offers AS (${offers(asked)})
      SELECT grouping(a.grp)::int AS "isTotal", a.grp AS group, ${counts},
        coalesce(sum(${moneySql('need.value_minor', 'need.currency', asked.playbook)}) FILTER (WHERE ${KINDS['won'] ?? Prisma.empty}), 0)::float8 AS value,
        count(*) FILTER (WHERE ${IN_TIME})::float8 / nullif(count(*) FILTER (WHERE ${IN_TIME_OR_NOT}), 0) AS "inTime",
        ${median('a.offer_decided_at')} AS decide, ${median('a.first_contact_at')} AS contact
      FROM offers a JOIN needs need ON need.id = a.need_id GROUP BY GROUPING SETS ((a.grp), ()) ORDER BY 1, handed DESC, 2`,
  );
  const done = await planned<{ group: string | null; activities: number; tasks: number }>(tx, doneSql(asked));
  const answered = await planned<Grouped>(tx, answersSql(asked));
  const paceOf = (isTotal: number, group: string | null): Record<string, Cell> => {
    const found = answered.find((one) => one.isTotal === isTotal && one.group === group);
    return { answer: found?.['answer'] ?? null, answerInTime: found?.['answerInTime'] ?? null };
  };
  const byGroup = new Map(done.map(({ group, ...cells }) => [group, cells]));
  const sum = (key: 'activities' | 'tasks') => done.reduce((all, one) => all + one[key], 0);
  const all = { activities: sum('activities'), tasks: sum('tasks') };
  return {
    key: 'reps',
    title: 'Reps and teams',
    columns: COLUMNS.map((column) =>
      column.key === 'group' && asked.by === 'team'
        ? { ...column, title: 'Team', definition: 'Whose rep got the offer.' }
        : column,
    ),
    ...rowsOf(rows, ({ isTotal, group }) => ({
      cells: { ...(isTotal === 1 ? all : (byGroup.get(group) ?? NOTHING)), ...paceOf(isTotal, group) },
    })),
    chart: { kind: 'bars' as const, columns: ['handed', 'accepted', 'won'] },
    notes: [
      'Offers of the period are counted here. Funnel and Hand-off count the needs that came in within the period, each once: so their figures are others.',
    ],
  };
}

const NOTHING = { activities: 0, tasks: 0 };

/** The offers of the period to the reps in reach, each with its rep or team. */
function offers(asked: Asked): Prisma.Sql {
  const { since, until, by, scope } = asked;
  return Prisma.sql`SELECT a.*, ${by === 'team' ? Prisma.raw('a.team') : Prisma.raw('r.name')} AS grp
    FROM assignments a JOIN reps r ON r.id = a.rep_id
    WHERE a.offered_at >= ${since} AND a.offered_at < ${until}
      AND ${scope.kind === 'all' ? Prisma.sql`TRUE` : Prisma.sql`(a.rep_id = ${scope.repId} OR a.team = ANY(${[...scope.teams]}))`}
      AND ${isOfferAsked(asked)}`;
}

/** The replies that were answered in the period, each with its rep or team. */
function answers(asked: Asked): Prisma.Sql {
  const { since, until, by, scope, filters } = asked;
  return Prisma.sql`SELECT x.*, ${by === 'team' ? Prisma.raw('x.team') : Prisma.raw('r.name')} AS grp
    FROM reply_answers x JOIN reps r ON r.id = x.rep_id
    WHERE x.answered_at >= ${since} AND x.answered_at < ${until}
      AND ${scope.kind === 'all' ? Prisma.sql`TRUE` : Prisma.sql`(x.rep_id = ${scope.repId} OR x.team = ANY(${[...scope.teams]}))`}
      AND ${filters.team === undefined ? Prisma.sql`TRUE` : Prisma.sql`x.team = ${filters.team}`}
      AND ${filters.rep === undefined ? Prisma.sql`TRUE` : Prisma.sql`r.name = ${filters.rep}`}
      AND ${isNeedAsked(asked, '(SELECT n.need_id FROM assignments n WHERE n.id = x.assignment_id)')}`;
}

/** How fast they were. */
function answersSql(asked: Asked): Prisma.Sql {
  return Prisma.sql`SELECT grouping(a.grp)::int AS "isTotal", a.grp AS group,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.answered_at - a.replied_at)) AS answer,
      avg(CASE WHEN a.answered_at <= a.due_at THEN 1.0 ELSE 0.0 END) FILTER (WHERE a.due_at IS NOT NULL)::float8 AS "answerInTime"
    FROM (${answers(asked)}) a GROUP BY GROUPING SETS ((a.grp), ())`;
}

const IS_ACTIVITY = Prisma.sql`p.kind NOT IN ('note', 'next-step')`;

/** What reps in reach did in the period, a row each: `done` is the table, with its instant. By team: a rep of several teams did it in the first. */
function doneBy(asked: Asked, done: Prisma.Sql, at: Prisma.Sql): Prisma.Sql {
  const { since, until, by, scope, filters } = asked;
  return Prisma.sql`SELECT p.lead_id, ${by === 'team' ? Prisma.raw('r.teams[1]') : Prisma.raw('r.name')} AS grp
    FROM ${done} p JOIN reps r ON r.id = p.rep_id
    WHERE ${at} >= ${since} AND ${at} < ${until}
      AND ${scope.kind === 'all' ? Prisma.sql`TRUE` : Prisma.sql`(r.id = ${scope.repId} OR r.teams && ${[...scope.teams]}::text[])`}
      AND ${filters.team === undefined ? Prisma.sql`TRUE` : Prisma.sql`${filters.team} = ANY(r.teams)`}
      AND ${filters.rep === undefined ? Prisma.sql`TRUE` : Prisma.sql`r.name = ${filters.rep}`}
      AND ${isNeedAsked(asked, 'p.need_id', 'p.lead_id')}`;
}

const activitiesSql = (asked: Asked): Prisma.Sql =>
  Prisma.sql`${doneBy(asked, Prisma.sql`rep_activities`, Prisma.sql`p.occurred_at`)} AND ${IS_ACTIVITY}`;
const tasksSql = (asked: Asked): Prisma.Sql =>
  Prisma.sql`${doneBy(asked, Prisma.sql`tasks`, Prisma.sql`p.closed_at`)} AND p.status = 'done'`;

/** How much reps logged and closed. */
function doneSql(asked: Asked): Prisma.Sql {
  return Prisma.sql`SELECT done.grp AS group, count(*) FILTER (WHERE done.what = 'activity')::float8 AS activities,
      count(*) FILTER (WHERE done.what = 'task')::float8 AS tasks
    FROM (SELECT 'activity' AS what, a.grp FROM (${activitiesSql(asked)}) a
      UNION ALL SELECT 'task', t.grp FROM (${tasksSql(asked)}) t) done
    GROUP BY 1`;
}

const DONE: Readonly<Record<string, (asked: Asked) => Prisma.Sql>> = {
  answer: answers,
  answerInTime: (asked) => Prisma.sql`SELECT * FROM (${answers(asked)}) a WHERE a.answered_at <= a.due_at`,
  activities: activitiesSql,
  tasks: tasksSql,
};
