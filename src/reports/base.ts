import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { countLeadsWhere, leadsWhereSql } from '../store/lists/segments.ts';
import { planned } from '../store/planned.ts';
import { isLeadAsked } from './asked-for.ts';
import { groupColumn, type Grouped, groupOf, inGroup, inGroupOrder, rowsOf } from './grouped.ts';
import { currencyOf, moneySql } from './money.ts';
import { counted, groupsOf } from './of-turns.ts';
import type { Asked, Column, Report, Row, Section } from './report.ts';
import { leadsOfRetention, retention } from './retention.ts';
import { segmentsOverTime } from './segments-over-time.ts';
import { CAME_TWICE, withTurns } from './turns.ts';

/** A lead that neither engaged nor came in for so long is stale. */
const STALE_DAYS = 365;
/** A profile is incomplete below this share of what the fit asks about. */
const INCOMPLETE_BELOW = 50;

/** As `IN`, so that the addresses are read once and not for each lead. */
const isSuppressed = Prisma.sql`coalesce(l.email IN (SELECT p.email FROM suppressions p WHERE p.email IS NOT NULL), FALSE)`;
const consents = Prisma.sql`l.marketing_consent`;
/** What the engine itself writes to a lead is no sign of life. */
const staleSql = ({ realNowMs }: Asked): Prisma.Sql =>
  Prisma.sql`greatest(l.last_engaged_at, turn.opened_at) < ${new Date(realNowMs - STALE_DAYS * 86_400_000)}`;

interface Kind {
  key: string;
  title: string;
  definition: string;
  who: (asked: Asked) => Prisma.Sql;
}

const KINDS: readonly Kind[] = [
  { key: 'all', title: 'Leads', definition: 'Everybody who came in within the period.', who: () => Prisma.sql`TRUE` },
  {
    key: 'reachable',
    title: 'May be mailed',
    definition: 'Has an address, said yes to marketing, and is not suppressed.',
    who: () => Prisma.sql`(l.email IS NOT NULL AND ${consents} AND NOT ${isSuppressed})`,
  },
  {
    key: 'suppressed',
    title: 'Suppressed',
    definition: 'Unsubscribed, bounced, complained, or by hand.',
    who: () => isSuppressed,
  },
  {
    key: 'noConsent',
    title: 'No consent',
    definition: 'Has an address, and never said yes to marketing or took it back.',
    who: () => Prisma.sql`(l.email IS NOT NULL AND NOT ${consents})`,
  },
  {
    key: 'phoneOnly',
    title: 'Phone alone',
    definition: 'No address: gets calls, not mail.',
    who: () => Prisma.sql`l.email IS NULL`,
  },
  {
    key: 'sunset',
    title: 'Passed over by broadcasts',
    definition: 'Did not engage for long: broadcasts leave these leads in peace.',
    who: () => Prisma.sql`l.sunset_at IS NOT NULL`,
  },
  {
    key: 'incomplete',
    title: 'Incomplete',
    definition: `Less than ${INCOMPLETE_BELOW}% is known of what the fit asks about.`,
    who: () => Prisma.sql`coalesce(l.fit_completeness, 0) < ${INCOMPLETE_BELOW}`,
  },
  {
    key: 'stale',
    title: 'Stale',
    definition: `Did nothing that counts for its score, and came in with no need, for ${STALE_DAYS} days.`,
    who: staleSql,
  },
];

export const BASE: Report = {
  key: 'base',
  title: 'Base',
  question: 'Whom do we know, whom may we write to, and who buys again?',
  // Everybody who is known: nearly as long as a report may be.
  since: '7000d',
  by: ['valueTier', 'source', 'industry', 'country', 'region', 'companySize', 'fitGrade', 'jobTitle', 'productLine'],
  parts: [people, segments, segmentsOverTime, retention],
  leads: (asked, figure, group) => {
    const named = /^(?:leads|share)\|segment\|(.+)$/s.exec(figure)?.[1];
    if (named !== undefined) return leadsOfSegment(asked, named);
    const who =
      KINDS.find(({ key }) => key === figure)?.who(asked) ??
      (Object.hasOwn(BOUGHT, figure) ? BOUGHT[figure] : undefined);
    if (who === undefined) return leadsOfRetention(asked, figure);
    return Prisma.sql`${each(asked)} SELECT turn.lead_id FROM ${LATEST}
      WHERE ${who} AND ${inGroup(groupOf(asked), group)}`;
  },
};

/** Also one whose latest need is another, such as that to keep the customer. */
const WAS_WON = Prisma.sql`(SELECT n.lead_id FROM needs n WHERE n.won_at IS NOT NULL)`;
const CUSTOMER = Prisma.sql`turn.lead_id IN ${WAS_WON}`;
/** Ordered more than once, or was won more than once. */
const AGAIN = Prisma.sql`((l.orders->>'count')::int > 1
  OR (l.id IN ${CAME_TWICE} AND (SELECT count(*) FROM needs more WHERE more.lead_id = l.id AND more.outcome = 'won') > 1))`;

/** Whose leads are behind the figures of customers, by their keys. */
const BOUGHT: Readonly<Record<string, Prisma.Sql>> = {
  customers: CUSTOMER,
  again: Prisma.sql`(${CUSTOMER} AND ${AGAIN})`,
  againShare: Prisma.sql`(${CUSTOMER} AND ${AGAIN})`,
  ordered: Prisma.sql`(${CUSTOMER} AND l.orders IS NOT NULL)`,
};

/** What is asked of the lead `l` of each turn. */
const OF_LEAD = ['email', 'marketing_consent', 'orders', 'sunset_at', 'fit_completeness', 'last_engaged_at'];

/** One row a lead: a lead with several turns in the period counts once, by its latest. Each is `turn`, its lead `l`. */
const each = (
  asked: Asked,
): Prisma.Sql => Prisma.sql`${withTurns(asked, { lead: Prisma.raw(OF_LEAD.map((column) => `, l.${column}`).join('')) })},
  latest AS NOT MATERIALIZED (
    SELECT turn.* FROM turns turn WHERE turn.lead_id NOT IN ${CAME_TWICE} OR NOT EXISTS (
      SELECT FROM turns later WHERE later.lead_id = turn.lead_id AND (later.opened_at, later.id) > (turn.opened_at, turn.id)))`;
const LATEST = Prisma.raw(
  `latest turn CROSS JOIN LATERAL (SELECT turn.lead_id AS id${OF_LEAD.map((column) => `, turn.${column}`).join('')}) l`,
);

async function people(tx: Tx, asked: Asked): Promise<Section[]> {
  const kinds = KINDS.map(({ key, title, definition, who }) => counted(key, title, definition, who(asked)));
  const group = groupOf(asked);
  const known = await groupsOf(tx, asked, kinds, { by: group, turns: each(asked), from: LATEST });
  const ordered = moneySql("(l.orders->>'valueMinor')::bigint", "(l.orders->>'currency')", asked.playbook);
  const customers = await planned<Grouped>(
    tx,
    Prisma.sql`${each(asked)}
      SELECT grouping(one.key)::int AS "isTotal", one.key AS group, count(*)::float8 AS customers,
        count(*) FILTER (WHERE one.again)::float8 AS again, count(*) FILTER (WHERE one.again)::float8 / nullif(count(*), 0) AS "againShare",
        coalesce(sum(one.ordered), 0)::float8 AS ordered
      FROM (
        SELECT ${group} AS key, ${AGAIN} AS again, ${ordered} AS ordered
        FROM ${LATEST} WHERE ${CUSTOMER}) one
      GROUP BY GROUPING SETS ((one.key), ()) ORDER BY 1, ordered DESC, 2`,
  );
  return [
    peopleSection(
      asked,
      known.map(({ unrated: _unrated, ...row }) => row as Grouped),
    ),
    customersSection(asked, customers),
  ];
}

function peopleSection(asked: Asked, rows: readonly Grouped[]): Section {
  return table(
    asked,
    'people',
    'Who is known',
    [
      groupColumn(asked.by),
      ...KINDS.map(({ key, title, definition }): Column => ({ key, title, definition, unit: 'count', hasLeads: true })),
    ],
    rows,
    ['all', 'reachable'],
  );
}

function customersSection(asked: Asked, rows: readonly Grouped[]): Section {
  return table(
    asked,
    'customers',
    'Customers',
    [
      groupColumn(asked.by),
      {
        key: 'customers',
        title: 'Customers',
        unit: 'count',
        definition: 'Leads with a need that was won.',
        hasLeads: true,
      },
      {
        key: 'again',
        title: 'Bought again',
        unit: 'count',
        definition: 'Ordered, or was won, more than once.',
        hasLeads: true,
      },
      {
        key: 'againShare',
        title: 'Bought again, of customers',
        unit: 'share',
        definition: 'Bought again, of all customers of the row.',
        hasLeads: true,
      },
      {
        key: 'ordered',
        title: 'Ordered',
        unit: 'money',
        definition: `All orders that were reported, in ${currencyOf(asked.playbook)}.`,
        hasLeads: true,
      },
    ],
    rows,
    ['customers', 'again'],
  );
}

/** How many are in each segment now, whenever they came in. */
async function segments(tx: Tx, asked: Asked): Promise<Section> {
  const asking = { ...asked, only: isLeadAsked(asked, 'l.id') };
  const all = await countLeadsWhere(tx, {}, asking);
  const rows: Row[] = [];
  for (const { segment, when } of asked.playbook.segments) {
    const leads = await countLeadsWhere(tx, when, asking);
    rows.push({ cells: { segment, leads, share: all === 0 ? null : leads / all }, rowKey: `segment|${segment}` });
  }
  return {
    key: 'segments',
    title: 'Segments now',
    columns: [
      { key: 'segment', title: 'Segment', unit: 'text', definition: 'As segments.yaml says who is in it.' },
      {
        key: 'leads',
        title: 'Leads',
        unit: 'count',
        definition: 'In it now, whenever they came in. Narrowed, leads of whom a need fits.',
        hasLeads: true,
      },
      {
        key: 'share',
        title: 'Of all',
        unit: 'share',
        definition: 'Of all leads, whenever they came in; narrowed, of all of whom a need fits.',
        hasLeads: true,
      },
    ],
    rows,
    chart: { kind: 'bars', columns: ['leads'] },
    notes: [],
  };
}

function leadsOfSegment(asked: Asked, name: string): Prisma.Sql | null {
  const found = asked.playbook.segments.find(({ segment }) => segment === name);
  return found === undefined ? null : leadsWhereSql(found.when, { ...asked, only: isLeadAsked(asked, 'l.id') });
}

function table(
  asked: Asked,
  key: string,
  title: string,
  columns: readonly Column[],
  rows: readonly Grouped[],
  drawn: readonly string[],
): Section {
  const { rows: ofGroups, ...more } = rowsOf(rows);
  return {
    key,
    title,
    columns,
    ...more,
    rows: inGroupOrder(ofGroups, asked),
    chart: { kind: 'bars', columns: drawn },
    notes: [],
  };
}
