import { leadInScope } from '../store/access/scope.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { clickRateOf, COUNTED, LAST_COMPLAINT, MAIL_COLUMNS, WHICH } from './mail-figures.ts';
import { dayOf } from './periods.ts';
import type { Asked, Cell, Report, Row, Section } from './report.ts';
import { isOfSome, ofAllTime, withTurns } from './turns.ts';
import { verdictBeside } from './verdict.ts';

export const BROADCASTS: Report = {
  key: 'broadcasts',
  title: 'Broadcasts and newsletters',
  question: 'How did broadcasts and newsletters do, and which of their variants did better?',
  by: ['source', 'campaign', 'needType', 'productLine', 'maturity'],
  takes: { by: false },
  parts: [broadcasts, variants, newsletters],
  leads: (asked, figure) => leadsOfMails(asked, figure),
};

/** The messages of broadcasts to leads in the period, as `mails`. Narrowed, those to leads of whom a need fits. */
function withMails(asked: Asked): Prisma.Sql {
  const { since, until, scope } = asked;
  return Prisma.sql`${withTurns(ofAllTime(asked))},
    mails AS (
      SELECT s.lead_id, s.status, s.untracked, s.delivery, s.reactions, s.occurred_at, s.variant, b.id AS broadcast_id, b.key,
        b.newsletter, b.variants, b.trial, b.winner, b.tried_at IS NOT NULL AND s.recorded_at > b.tried_at AS is_rest, complaint.at >= s.occurred_at AS has_complained
      FROM sends s JOIN broadcasts b ON b.id = s.broadcast_id
      ${LAST_COMPLAINT}
      WHERE s.audience = 'lead' AND s.channel = 'email' AND s.broadcast_id IS NOT NULL AND s.occurred_at >= ${since} AND s.occurred_at < ${until}
        AND ${leadInScope(scope, 's.lead_id')}
        AND ${isOfSome(asked) ? Prisma.sql`s.lead_id IN (SELECT turn.lead_id FROM turns turn)` : Prisma.sql`TRUE`})`;
}

type Counts = Record<string, Cell> & { sent: number; untracked: number; clicked: number; replied: number };

const SUMS = Prisma.join(
  Object.entries(COUNTED).map(
    ([key, which]) => Prisma.sql`count(*) FILTER (WHERE ${which})::float8 AS ${Prisma.raw(`"${key}"`)}`,
  ),
);

/** `figure`: a column and the row, such as "clicked|broadcast|ID", "clicked|variant|ID|a" or "clicked|newsletter|KEY". Null for any other. */
function leadsOfMails(asked: Asked, figure: string): Prisma.Sql | null {
  const [key = '', kind, name, ...rest] = figure.split('|');
  const which = Object.hasOwn(WHICH, key) ? WHICH[key] : undefined;
  const row = name === undefined || which === undefined ? null : rowSql(kind, name, rest.join('|'));
  if (row === null || which === undefined) return null;
  return Prisma.sql`${withMails(asked)} SELECT mails.lead_id FROM mails WHERE ${row} AND ${which}`;
}

function rowSql(kind: string | undefined, name: string, variant: string): Prisma.Sql | null {
  if (kind === 'all') return Prisma.sql`TRUE`;
  if (kind === 'broadcast') return Prisma.sql`mails.broadcast_id = ${name}`;
  if (kind === 'variant' || kind === 'rest')
    return Prisma.sql`mails.broadcast_id = ${name} AND mails.variant = ${variant} AND mails.is_rest = ${kind === 'rest'}`;
  return kind === 'newsletter' ? Prisma.sql`mails.newsletter = ${name}` : null;
}

async function broadcasts(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<Counts & { id: string | null; key: string; newsletter: string | null; first: Date }>(
    tx,
    Prisma.sql`${withMails(asked)}
      SELECT mails.broadcast_id AS id, min(mails.key) AS key, min(mails.newsletter) AS newsletter, min(mails.occurred_at) AS first, ${SUMS}
      FROM mails GROUP BY GROUPING SETS ((mails.broadcast_id), ()) HAVING count(*) > 0 ORDER BY 1 NULLS LAST`,
  );
  const total = rows.find(({ id }) => id === null);
  const ofBroadcasts = rows.filter(({ id }) => id !== null).toSorted((a, b) => b.first.getTime() - a.first.getTime());
  const shown = (row: (typeof rows)[number]): Row['cells'] => ({
    name: row.key,
    newsletter: row.newsletter ?? '',
    day: dayOf(row.first, asked.zone),
    ...figuresOf(row),
  });
  return {
    key: 'broadcasts',
    title: 'Broadcasts',
    columns: [
      { key: 'name', title: 'Broadcast', unit: 'text', definition: 'The newest first.' },
      { key: 'newsletter', title: 'Newsletter', unit: 'text', definition: 'That it is an issue of.' },
      { key: 'day', title: 'From', unit: 'day', definition: 'The day of its first message within the period.' },
      ...MAIL_COLUMNS,
    ],
    rows: ofBroadcasts.map((row) => ({ rowKey: `broadcast|${row.id}`, cells: shown(row) })),
    ...(total !== undefined && {
      total: { rowKey: 'all|', cells: { ...shown(total), name: 'All', newsletter: '', day: '' } },
    }),
    chart: { kind: 'bars', columns: ['sent', 'clicked'] },
    notes: [
      'Messages of broadcasts of the period, to leads in any stage. Whom a canceled broadcast had not come to has no message, and is on its page. Narrowed to some leads, it counts messages to leads of whom a need fits.',
    ],
  };
}

/** The variants of broadcasts that have several, as they were tried; whom the one that won went to afterwards has a row of its own. */
async function variants(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<
    Counts & {
      id: string;
      key: string;
      variant: string;
      subject: string | null;
      by: string | null;
      winner: string | null;
      isRest: boolean;
    }
  >(
    tx,
    Prisma.sql`${withMails(asked)}
      SELECT mails.broadcast_id AS id, mails.key, mails.variant, mails.winner, mails.is_rest AS "isRest", mails.trial->>'by' AS by,
        (SELECT coalesce(one->>'subject', one->>'template') FROM jsonb_array_elements(mails.variants) one WHERE one->>'key' = mails.variant LIMIT 1) AS subject,
        ${SUMS}
      FROM mails WHERE mails.variant IS NOT NULL AND jsonb_array_length(mails.variants) > 1
      GROUP BY mails.broadcast_id, mails.key, mails.variant, mails.winner, mails.is_rest, mails.trial, mails.variants
      ORDER BY min(min(mails.occurred_at)) OVER (PARTITION BY mails.broadcast_id) DESC, mails.broadcast_id, mails.is_rest, mails.variant`,
  );
  const tried = rows.filter(({ isRest }) => !isRest);
  return {
    key: 'variants',
    title: 'Variants of a broadcast, side by side',
    columns: [
      {
        key: 'name',
        title: 'Variant',
        unit: 'text',
        definition: 'Broadcast and variant, as it was tried; whom it went to afterwards stands apart.',
      },
      { key: 'subject', title: 'Subject', unit: 'text', definition: 'Of the variant, or else its template.' },
      ...MAIL_COLUMNS,
      {
        key: 'verdict',
        title: 'Verdict',
        unit: 'text',
        definition:
          'By who clicked, or who replied where the trial asks for that, of the messages of the trial alone. “Better” from 95% sure on.',
      },
    ],
    rows: rows.map((row) => ({
      rowKey: `${row.isRest ? 'rest' : 'variant'}|${row.id}|${row.variant}`,
      cells: {
        name: `${row.key}: ${row.variant}${row.isRest ? ', the rest' : row.winner === row.variant ? ', the rest got it' : ''}`,
        subject: row.subject ?? '',
        ...figuresOf(row),
        verdict: row.isRest
          ? ''
          : verdictBeside(
              reactedOf(row),
              tried
                .filter((one) => one.id === row.id && one.variant !== row.variant)
                .map((one) => ({ arm: one.variant, share: reactedOf(one) })),
              'messages',
            ),
      },
    })),
    notes: [],
  };
}

async function newsletters(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<Counts & { newsletter: string; issues: number }>(
    tx,
    Prisma.sql`${withMails(asked)}
      SELECT mails.newsletter, count(DISTINCT mails.broadcast_id)::float8 AS issues, ${SUMS}
      FROM mails WHERE mails.newsletter IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1`,
  );
  return {
    key: 'newsletters',
    title: 'Newsletters, all of their issues together',
    columns: [
      { key: 'name', title: 'Newsletter', unit: 'text', definition: 'As newsletters.yaml names it.' },
      { key: 'issues', title: 'Issues', unit: 'text', definition: 'With a message within the period.' },
      ...MAIL_COLUMNS,
    ],
    rows: rows.map((row) => ({
      rowKey: `newsletter|${row.newsletter}`,
      cells: { name: row.newsletter, issues: String(row.issues), ...figuresOf(row) },
    })),
    notes: [],
  };
}

/** The cells of MAIL_COLUMNS. */
function figuresOf(row: Counts): Record<string, Cell> {
  const counts = Object.fromEntries(Object.keys(COUNTED).map((key) => [key, row[key] ?? 0]));
  return { ...counts, ...clickRateOf(row) };
}

function reactedOf({ sent, untracked, clicked, replied, ['by']: by }: Counts) {
  return by === 'replies' ? { cases: replied, of: sent } : { cases: clicked, of: sent - untracked };
}
