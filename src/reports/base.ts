import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { countLeadsWhere, leadsWhereSql } from '../store/lists/segments.ts';
import { isLeadAsked } from './asked-for.ts';
import { buyers, buyersBehind } from './buyers.ts';
import { groupColumn, type Grouped, groupOf, groupTable, inGroup } from './grouped.ts';
import { LATEST, withLatest } from './latest-turns.ts';
import { counted, groupsOf } from './of-turns.ts';
import type { Asked, Column, Report, Row, Section } from './report.ts';
import { leadsOfRetention, retention } from './retention.ts';
import { segmentsOverTime } from './segments-over-time.ts';

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
    definition: 'Has an address, said yes to marketing, and is neither suppressed nor disqualified.',
    who: () =>
      Prisma.sql`(l.email IS NOT NULL AND ${consents} AND NOT ${isSuppressed} AND turn.stage IS DISTINCT FROM 'disqualified')`,
  },
  {
    key: 'suppressed',
    title: 'Suppressed',
    definition:
      'Unsubscribed, bounced, complained, or by hand. Who unsubscribed has no consent either, and counts there too.',
    who: () => isSuppressed,
  },
  {
    key: 'noConsent',
    title: 'No consent',
    definition:
      'Has an address, and never said yes to marketing or took it back. Who is suppressed as well counts in both columns.',
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
    const who = KINDS.find(({ key }) => key === figure)?.who(asked) ?? buyersBehind(figure);
    if (who === undefined) return leadsOfRetention(asked, figure);
    return Prisma.sql`${withLatest(asked)} SELECT turn.lead_id FROM ${LATEST}
      WHERE ${who} AND ${inGroup(groupOf(asked), group)}`;
  },
};

async function people(tx: Tx, asked: Asked): Promise<Section[]> {
  const kinds = KINDS.map(({ key, title, definition, who }) => counted(key, title, definition, who(asked)));
  const group = groupOf(asked);
  const known = await groupsOf(tx, asked, kinds, { by: group, turns: withLatest(asked), from: LATEST });
  return [
    peopleSection(
      asked,
      known.map(({ unrated: _unrated, ...row }) => row as Grouped),
    ),
    await buyers(tx, asked),
  ];
}

function peopleSection(asked: Asked, rows: readonly Grouped[]): Section {
  return groupTable(
    asked,
    { key: 'people', title: 'Who is known', drawn: ['all', 'reachable'] },
    [
      groupColumn(asked.by),
      ...KINDS.map(({ key, title, definition }): Column => ({ key, title, definition, unit: 'count', hasLeads: true })),
    ],
    rows,
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
        title: 'Leads in it',
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
