import { intervalOf, type Share } from '../domain/compare-shares.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { controlGroup, leadsBesideControl } from './control-group.ts';
import type { Asked, Cell, Column, Report, Row, Section } from './report.ts';
import { cadences, leadsOfRuns, leaving } from './runs.ts';
import { leadsOfArm, splitArms } from './split-arms.ts';
import { ofAllTime, withTurns } from './turns.ts';
import { intervalInWords } from './words.ts';

/** A person's reaction to a message, by the type of its event. */
const REACTIONS = {
  clicked: 'email.clicked',
  replied: 'reply.received',
  unsubscribed: 'unsubscribed',
  bounced: 'email.bounced',
} as const;

/** Clicks that do not count: of a program, or of what may be one, as no human sign has followed. */
const MACHINE_CLICK = Prisma.sql`e.type = 'email.clicked' AND e.machine AND e.properties->>'verdict' IS DISTINCT FROM 'suspect'`;
const SUSPECT_CLICK = Prisma.sql`e.type = 'email.clicked' AND e.machine AND e.properties->>'verdict' IS NOT DISTINCT FROM 'suspect'`;

/** What people and machines did with each message, in one reading of what is no open: there are many times as many opens. */
const REACTED = Prisma.sql`SELECT e.send_id, ${Prisma.join(
  Object.entries(REACTIONS).map(
    ([key, type]) => Prisma.sql`bool_or(e.type = ${type} AND NOT e.machine) AS ${Prisma.raw(key)}`,
  ),
)}, bool_or(${SUSPECT_CLICK}) AS by_suspect, bool_or(${MACHINE_CLICK}) AS by_machine
  FROM events e WHERE e.send_id IS NOT NULL AND e.type <> 'email.opened' GROUP BY e.send_id`;

const reacted = Object.keys(REACTIONS).map(
  (key) =>
    Prisma.sql`count(*) FILTER (WHERE mails.status = 'sent' AND did.${Prisma.raw(key)})::float8 AS ${Prisma.raw(`"${key}"`)}`,
);

const MAIL_COLUMNS: readonly Column[] = [
  { key: 'sent', title: 'Sent', unit: 'count', definition: 'Messages that left in the period.', hasLeads: true },
  {
    key: 'delivered',
    title: 'Delivered',
    unit: 'count',
    definition: 'Of those sent, did not come back as undeliverable. Whether one was put with the spam cannot be known.',
    hasLeads: true,
  },
  {
    key: 'clicked',
    title: 'Clicked',
    unit: 'count',
    definition: 'Messages in which a person clicked; machines and suspects do not count.',
    hasLeads: true,
  },
  {
    key: 'untracked',
    title: 'Not tracked',
    unit: 'count',
    definition: 'Messages of which it cannot be known whether a person clicked.',
    hasLeads: true,
  },
  {
    key: 'clickRate',
    title: 'Click rate',
    unit: 'share',
    definition: 'Clicked, of those sent whose clicks are recorded. Empty: it cannot be known.',
    hasLeads: true,
  },
  {
    key: 'between',
    title: '95 % between',
    unit: 'text',
    definition: 'Where the true click rate lies, 19 times out of 20 (Wilson’s interval).',
  },
  { key: 'replied', title: 'Replied', unit: 'count', hasLeads: true },
  { key: 'unsubscribed', title: 'Unsubscribed', unit: 'count', hasLeads: true },
  {
    key: 'complained',
    title: 'Complained',
    unit: 'count',
    definition: 'Messages whose lead reported spam afterwards.',
    hasLeads: true,
  },
  { key: 'bounced', title: 'Bounced', unit: 'count', hasLeads: true },
  { key: 'failed', title: 'Refused', unit: 'count', definition: 'The mail server refused it.', hasLeads: true },
  {
    key: 'skipped',
    title: 'Skipped',
    unit: 'count',
    definition: 'Not sent, with a reason: consent, already got it, too late.',
    hasLeads: true,
  },
  {
    key: 'suspect',
    title: 'Suspect clicks',
    unit: 'count',
    definition:
      'Left out: messages with a click that may be a scanner’s, such as one right after delivery, and none that is known to be a person’s. It counts as clicked once a human sign follows.',
    hasLeads: true,
  },
  {
    key: 'machine',
    title: 'Clicked by machines',
    unit: 'count',
    definition: 'Left out: messages that only scanners and other programs clicked in.',
    hasLeads: true,
  },
];

export const CADENCES: Report = {
  key: 'cadences',
  title: 'Cadences and mails',
  question: 'What do the cadences and their mails achieve, where do people leave, and which arm of a split is better?',
  by: ['campaign', 'source', 'needType', 'productLine', 'maturity'],
  takes: { by: false },
  parts: [cadences, steps, leaving, splitArms, controlGroup],
  leads: (asked, figure) =>
    leadsOfRuns(asked, figure) ??
    leadsOfMails(asked, figure) ??
    leadsOfArm(asked, figure) ??
    leadsBesideControl(asked, figure),
};

const some = (event: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT FROM events e WHERE e.send_id = mails.id AND ${event})`;
const byPerson = (type: string): Prisma.Sql => some(Prisma.sql`e.type = ${type} AND NOT e.machine`);

const COMPLAINED = Prisma.sql`EXISTS (
  SELECT FROM suppressions p WHERE p.lead_id = mails.lead_id AND p.reason = 'complaint' AND p.occurred_at >= mails.occurred_at)`;
const sent = (which: Prisma.Sql): Prisma.Sql => Prisma.sql`mails.status = 'sent' AND ${which}`;

/** Which messages a figure counts, by its key: what the sums say of all messages at once. */
const WHICH: Readonly<Record<string, Prisma.Sql>> = {
  sent: sent(Prisma.sql`TRUE`),
  ...Object.fromEntries(Object.entries(REACTIONS).map(([key, type]) => [key, sent(byPerson(type))])),
  clickRate: sent(byPerson(REACTIONS.clicked)),
  untracked: sent(Prisma.sql`mails.untracked = 'all'`),
  complained: sent(COMPLAINED),
  failed: Prisma.sql`mails.status = 'failed'`,
  skipped: Prisma.sql`mails.status = 'skipped'`,
  delivered: sent(Prisma.sql`mails.delivery IS DISTINCT FROM 'bounced' AND NOT ${byPerson(REACTIONS.bounced)}`),
  suspect: sent(Prisma.sql`${some(SUSPECT_CLICK)} AND NOT ${byPerson(REACTIONS.clicked)}`),
  machine: sent(
    Prisma.sql`${some(MACHINE_CLICK)} AND NOT ${some(SUSPECT_CLICK)} AND NOT ${byPerson(REACTIONS.clicked)}`,
  ),
};

/** `figure`: a column, the revision, the cadence and the step: "clicked|mail|3|web-nurture|welcome". Null for any other. */
function leadsOfMails(asked: Asked, figure: string): Prisma.Sql | null {
  const [, what = '', revision, cadence, step] = /^(\w+)\|mail\|(\d{1,9})\|([^|]*)\|(.*)$/s.exec(figure) ?? [];
  const which = Object.hasOwn(WHICH, what) ? WHICH[what] : undefined;
  if (which === undefined) return null;
  return Prisma.sql`${withMails(asked)} SELECT mails.lead_id FROM mails JOIN cadence_revisions cr ON cr.id = mails.revision_id
    WHERE mails.cadence = ${cadence} AND cr.number = ${Number(revision)} AND coalesce(mails.step_id, '') = ${step} AND ${which}`;
}

/** The messages of cadences to leads in the period. One of today may be of a lead that came in long ago. */
function withMails(asked: Asked): Prisma.Sql {
  return Prisma.sql`${withTurns(ofAllTime(asked))},
    mails AS (
      SELECT s.id, s.lead_id, s.step_id, s.status::text AS status, s.template_key, s.untracked, s.delivery, s.occurred_at, e.cadence, e.revision_id
      FROM sends s JOIN enrollments e ON e.id = s.enrollment_id JOIN turns turn ON turn.id = e.need_id
      WHERE s.audience = 'lead' AND s.channel = 'email' AND s.occurred_at >= ${asked.since} AND s.occurred_at < ${asked.until})`;
}

async function steps(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<
    Record<string, Cell> & {
      cadence: string;
      stepId: string;
      revision: number;
      sent: number;
      untracked: number;
      clicked: number;
    }
  >(
    tx,
    Prisma.sql`${withMails(asked)}
      SELECT mails.cadence, cr.number AS revision, coalesce(mails.step_id, '') AS "stepId", min(mails.template_key) AS template,
        count(*) FILTER (WHERE mails.status = 'sent')::float8 AS sent, ${Prisma.join(reacted)},
        count(*) FILTER (WHERE mails.status = 'sent' AND mails.untracked = 'all')::float8 AS untracked,
        count(*) FILTER (WHERE mails.status = 'failed')::float8 AS failed,
        count(*) FILTER (WHERE mails.status = 'skipped')::float8 AS skipped,
        count(*) FILTER (WHERE mails.status = 'sent' AND ${COMPLAINED})::float8 AS complained,
        count(*) FILTER (WHERE mails.status = 'sent' AND mails.delivery IS DISTINCT FROM 'bounced' AND did.bounced IS NOT TRUE)::float8 AS delivered,
        count(*) FILTER (WHERE mails.status = 'sent' AND did.by_suspect AND NOT did.clicked)::float8 AS suspect,
        count(*) FILTER (WHERE mails.status = 'sent' AND did.by_machine AND NOT did.by_suspect AND NOT did.clicked)::float8 AS machine
      FROM mails JOIN cadence_revisions cr ON cr.id = mails.revision_id LEFT JOIN (${REACTED}) did ON did.send_id = mails.id
      GROUP BY mails.cadence, cr.number, mails.step_id ORDER BY mails.cadence, cr.number DESC, min(mails.occurred_at)`,
  );
  return {
    key: 'mails',
    title: 'Mails',
    columns: [
      { key: 'name', title: 'Step', unit: 'text' },
      { key: 'revision', title: 'Revision', unit: 'count' },
      { key: 'template', title: 'Template', unit: 'text' },
      ...MAIL_COLUMNS,
    ],
    rows: rows.map((row): Row => {
      const of = row.sent - row.untracked;
      const share: Share = { cases: row.clicked, of };
      const clickRate = of === 0 ? null : row.clicked / of;
      return {
        rowKey: `mail|${row.revision}|${row.cadence}|${row.stepId}`,
        cells: {
          ...row,
          name: `${row.cadence}: ${row.stepId}`,
          clickRate,
          between: intervalInWords(intervalOf(share)),
        },
      };
    }),
    notes: [],
  };
}
