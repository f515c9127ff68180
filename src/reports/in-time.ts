/** Whether sales answered in time, and how often it tried to reach whom it got: by what the report of hand-offs is split by. */
import { Prisma } from '../store/generated/client.ts';
import { DECIDED, IN_TIME, IN_TIME_OR_NOT, LET_PASS, OVERDUE } from '../store/lists/decisions.ts';
import { CONTACT_DUE } from '../store/lists/run-out.ts';
import { withDefinitions } from './definitions.ts';
import { dimensionOf } from './dimensions.ts';
import { groupColumn, type Grouped, groupOf, inGroup, inGroupOrder, MOST_GROUPS, rowsOf } from './grouped.ts';
import type { Asked, Column, Section } from './report.ts';

/** It was the offer that the need was accepted by. Both instants are those of one decision. */
const ACCEPTED = Prisma.sql`(a.offer_decided_at = turn.accepted_at)`;

/** The time to decide went by first, whatever was decided later. */
const LATE = Prisma.sql`(${LET_PASS} OR ${OVERDUE} OR (${DECIDED} AND NOT ${IN_TIME}))`;

/** Kinds of rep_activities by which a lead is reached, or tried to be. */
const CONTACTS = Prisma.sql`('call', 'email', 'meeting', 'message')`;

const COLUMNS: readonly Column[] = [
  {
    key: 'offers',
    title: 'Offers',
    unit: 'count',
    definition: 'Offers of these needs to reps, up to today. A need that is offered twice counts twice.',
    hasLeads: true,
  },
  {
    key: 'inTime',
    title: 'Decided in time',
    unit: 'share',
    definition:
      'Decided before the time to decide was over, of all offers that a person decided on or let pass, or that still wait though their time is over. What a manager moved away undecided while there was time does not count.',
    hasLeads: true,
  },
  {
    key: 'acceptedInTime',
    title: 'Accepted in time',
    unit: 'share',
    definition: 'Of the needs that a rep accepted, those whose rep did so before the time to decide was over.',
    hasLeads: true,
  },
  {
    key: 'late',
    title: 'Needs that waited too long',
    unit: 'count',
    definition:
      'Needs with an offer that was decided too late or let pass, or that still waits though its time is over.',
    hasLeads: true,
  },
  {
    key: 'contactInTime',
    title: 'Contacted in time',
    unit: 'share',
    definition:
      'First contact or attempt logged before the time for it was over, of the hand-offs that had one and were contacted, or are late with it.',
    hasLeads: true,
  },
  {
    key: 'attempts',
    title: 'Contacts and attempts',
    unit: 'count',
    definition:
      'Calls, mails, messages and meetings that were logged with these needs, whether or not the lead was reached.',
    hasLeads: true,
  },
  {
    key: 'attemptsEach',
    title: 'Attempts a lead',
    unit: 'count',
    definition: 'Contacts and attempts, on average of the needs that were accepted.',
    hasLeads: true,
  },
];

/** The group of an offer `a` of `turn`: it is of the rep and the team that got it, whoever had the need later. */
function groupOfOffer(asked: Asked): Prisma.Sql {
  if (asked.by === 'team') return Prisma.sql`a.team`;
  return asked.by === 'rep' ? Prisma.sql`(SELECT r.name FROM reps r WHERE r.id = a.rep_id)` : groupOf(asked);
}

/** Rows over `offered`: the offers of its needs, by group. */
export function countInTime(asked: Asked): Prisma.Sql {
  return Prisma.sql`
    SELECT grouping(g.key)::int AS "isTotal", g.key AS group, count(*)::float8 AS offers,
      count(*) FILTER (WHERE ${IN_TIME})::float8 / nullif(count(*) FILTER (WHERE ${IN_TIME_OR_NOT}), 0) AS "inTime",
      count(*) FILTER (WHERE ${ACCEPTED} AND ${IN_TIME})::float8 / nullif(count(*) FILTER (WHERE ${ACCEPTED}), 0) AS "acceptedInTime",
      count(DISTINCT turn.id) FILTER (WHERE ${LATE})::float8 AS late,
      count(*) FILTER (WHERE ${CONTACT_DUE} AND a.first_contact_at <= a.contact_due_at)::float8
        / nullif(count(*) FILTER (WHERE ${CONTACT_DUE}), 0) AS "contactInTime"
    FROM offered turn JOIN assignments a ON a.need_id = turn.id CROSS JOIN LATERAL (SELECT ${groupOfOffer(asked)} AS key) g
    GROUP BY GROUPING SETS ((g.key), ())
    ORDER BY 1, ${dimensionOf(asked.by).period === undefined ? Prisma.sql`3 DESC, 2` : Prisma.sql`2`}`;
}

/** Rows over `offered`: how often the leads of each group were tried to be reached. */
export function countAttempts(asked: Asked): Prisma.Sql {
  return Prisma.sql`
    SELECT grouping(g.key)::int AS "isTotal", g.key AS group, sum(tried.attempts)::float8 AS attempts,
      round(sum(tried.attempts) FILTER (WHERE turn.accepted_at IS NOT NULL) / nullif(count(turn.accepted_at), 0), 1)::float8 AS "attemptsEach"
    FROM offered turn
    LEFT JOIN (SELECT p.need_id, count(*) AS attempts FROM rep_activities p WHERE p.kind IN ${CONTACTS} AND p.need_id IS NOT NULL GROUP BY 1) tried
      ON tried.need_id = turn.id
    CROSS JOIN LATERAL (SELECT ${groupOf(asked)} AS key) g
    GROUP BY GROUPING SETS ((g.key), ())`;
}

const OF_WHOM =
  'An offer stands with whoever got it, also where somebody else had the need later; contacts and attempts stand with who has the need.';

/** @param offers Rows of `countInTime` @param attempts Rows of `countAttempts` */
export function inTimeSection(asked: Asked, offers: readonly Grouped[], attempts: readonly Grouped[]): Section {
  const { rows, total } = rowsOf(offers, ({ isTotal, group }) => {
    const found = attempts.find((one) => one.isTotal === isTotal && one.group === group);
    return { cells: { attempts: found?.['attempts'] ?? 0, attemptsEach: found?.['attemptsEach'] ?? null } };
  });
  return {
    key: 'inTime',
    title: 'In time',
    columns: [groupColumn(asked.by), ...COLUMNS],
    rows: inGroupOrder(rows.slice(0, MOST_GROUPS), asked),
    ...(total && { total }),
    notes: asked.by === 'rep' || asked.by === 'team' ? [OF_WHOM] : [],
  };
}

/** Whose leads are behind the figures of offers, by their keys. */
const OF_OFFERS: Readonly<Record<string, Prisma.Sql>> = {
  offers: Prisma.sql`TRUE`,
  inTime: IN_TIME,
  acceptedInTime: Prisma.sql`(${ACCEPTED} AND ${IN_TIME})`,
  contactInTime: Prisma.sql`(${CONTACT_DUE} AND a.first_contact_at <= a.contact_due_at)`,
};

/** The leads behind one of these columns, as `Report.leads` says. */
export function leadsOfOffers(asked: Asked, figure: string, group: string | null | undefined): Prisma.Sql | null {
  const behind = behindFigure(figure, inGroup(groupOf(asked), group), inGroup(groupOfOffer(asked), group));
  return behind && Prisma.sql`${withDefinitions(asked)} SELECT turn.lead_id FROM offered turn ${behind}`;
}

/** @param ofNeed Whether the need `turn` is of the group @param ofOffer Whether its offer `a` is */
function behindFigure(figure: string, ofNeed: Prisma.Sql, ofOffer: Prisma.Sql): Prisma.Sql | null {
  switch (figure) {
    case 'attempts':
      return Prisma.sql`JOIN rep_activities p ON p.need_id = turn.id WHERE p.kind IN ${CONTACTS} AND ${ofNeed}`;
    case 'attemptsEach':
      return Prisma.sql`WHERE turn.accepted_at IS NOT NULL AND ${ofNeed}`;
    case 'late':
      return Prisma.sql`WHERE EXISTS (SELECT FROM assignments a WHERE a.need_id = turn.id AND ${LATE} AND ${ofOffer})`;
    default:
      if (!Object.hasOwn(OF_OFFERS, figure)) return null;
      return Prisma.sql`JOIN assignments a ON a.need_id = turn.id WHERE ${OF_OFFERS[figure] ?? Prisma.empty} AND ${ofOffer}`;
  }
}
