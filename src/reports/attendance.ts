/** Who took part in campaigns, and how they liked it. One that counts is a lead and a campaign: whoever comes to two webinars counts twice. */
import { leadInScope } from '../store/access/scope.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { activitiesOf, activitySql } from './activities.ts';
import { type Grouped, inGroup, rowsOf } from './grouped.ts';
import { ofCampaign } from './of-campaign.ts';
import type { Asked, Column, Row } from './report.ts';

const KINDS = ['registered', 'attended', 'missed', 'feedback'] as const;

/** Who is behind the figures, by their keys. */
const WHO: Readonly<Record<string, Prisma.Sql>> = {
  ...Object.fromEntries(KINDS.map((kind) => [kind, Prisma.raw(`part.${kind}`)])),
  attendance: Prisma.sql`(part.registered AND part.attended)`,
  rating: Prisma.sql`part.rating IS NOT NULL`,
};

export const ATTENDANCE_COLUMNS: readonly Column[] = [
  {
    key: 'registered',
    title: 'Registered',
    unit: 'count',
    definition: 'Leads that registered in the period, whenever they came in.',
    hasLeads: true,
  },
  { key: 'attended', title: 'Attended', unit: 'count', definition: 'Came, also without registering.', hasLeads: true },
  { key: 'missed', title: 'Missed', unit: 'count', definition: 'Did not come.', hasLeads: true },
  {
    key: 'attendance',
    title: 'Attendance',
    unit: 'share',
    definition: 'Came, of those who registered in the period.',
    hasLeads: true,
  },
  { key: 'feedback', title: 'Feedback', unit: 'count', definition: 'Said how they liked it.', hasLeads: true },
  { key: 'rating', title: 'Rating', unit: 'count', definition: 'The mean of their ratings.', hasLeads: true },
];

/** Null when it cannot be told by what is asked, or events.yaml names no such activities. */
export async function attendanceOf(tx: Tx, asked: Asked): Promise<{ rows: Row[]; total?: Row } | null> {
  const taken = takingPart(asked);
  if (taken === null) return null;
  const rows = await planned<Grouped>(
    tx,
    Prisma.sql`${taken}
      SELECT grouping(part.grp)::int AS "isTotal", part.grp AS group,
        ${Prisma.join(KINDS.map((kind) => Prisma.sql`count(*) FILTER (WHERE part.${Prisma.raw(kind)})::float8 AS ${Prisma.raw(kind)}`))},
        count(*) FILTER (WHERE part.registered AND part.attended)::float8 / nullif(count(*) FILTER (WHERE part.registered), 0) AS attendance,
        round(avg(part.rating), 2)::float8 AS rating
      FROM part GROUP BY GROUPING SETS ((part.grp), ()) ORDER BY 1, 4 DESC, 2`,
  );
  return rowsOf(rows);
}

/** The leads behind one of these columns, as `Report.leads` says. */
export function leadsWhoTookPart(asked: Asked, figure: string, group: string | null | undefined): Prisma.Sql | null {
  const who = Object.hasOwn(WHO, figure) ? WHO[figure] : undefined;
  const taken = who === undefined ? null : takingPart(asked);
  if (taken === null || who === undefined) return null;
  return Prisma.sql`${taken} SELECT part.lead_id FROM part WHERE ${who} AND ${inGroup(Prisma.sql`part.grp`, group)}`;
}

/** `WITH part AS (…)`: a row for each lead and campaign that have to do with each other in the period. */
function takingPart(asked: Asked): Prisma.Sql | null {
  const of = ofCampaign(asked);
  const types = activitiesOf(asked.playbook, KINDS);
  if (of === null || types.length === 0) return null;
  const { isOne, kind, campaign, rating } = activitySql(types, asked.playbook);
  // A campaign that nobody listed is known by the name that the event gives it.
  const group = asked.by === 'campaign' ? Prisma.sql`coalesce(cm.key, done.campaign)` : of.by;
  return Prisma.sql`WITH part AS (
    SELECT done.lead_id, ${group} AS grp, bool_or(done.kind = 'registered') AS registered, bool_or(done.kind = 'attended') AS attended,
      bool_or(done.kind = 'missed') AND NOT bool_or(done.kind = 'attended') AS missed, bool_or(done.kind = 'feedback') AS feedback, avg(done.rating) AS rating
    FROM (
      SELECT e.lead_id, ${kind} AS kind, ${campaign} AS campaign, ${rating} AS rating
      FROM events e WHERE ${isOne} AND e.occurred_at >= ${asked.since} AND e.occurred_at < ${asked.until}) done
    LEFT JOIN campaigns cm ON lower(cm.key) = lower(done.campaign)
    WHERE done.campaign <> '' AND ${of.only} AND ${leadInScope(asked.scope, 'done.lead_id')}
    GROUP BY done.lead_id, 2, coalesce(cm.id, done.campaign))`;
}
