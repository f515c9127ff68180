import { intervalOf, type Share } from '../domain/compare-shares.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { controlGroup } from './control-group.ts';
import type { Asked, Cell, Column, Report, Row, Section } from './report.ts';
import { splitArms } from './split-arms.ts';
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
  },
  {
    key: 'clickRate',
    title: 'Click rate',
    unit: 'share',
    definition: 'Clicked, of those sent whose clicks are recorded. Empty: it cannot be known.',
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
  },
  { key: 'bounced', title: 'Bounced', unit: 'count', hasLeads: true },
  { key: 'failed', title: 'Refused', unit: 'count', definition: 'The mail server refused it.' },
  {
    key: 'skipped',
    title: 'Skipped',
    unit: 'count',
    definition: 'Not sent, with a reason: consent, already got it, too late.',
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
  leads: (asked, figure) => {
    const [what = '', cadence = '', step = ''] = figure.split('|');
    if (what === 'in')
      return Prisma.sql`${withRuns(asked)} SELECT runs.lead_id FROM runs WHERE runs.cadence = ${cadence}`;
    const which = Object.hasOwn(WHICH, what) ? WHICH[what] : undefined;
    if (which === undefined) return null;
    return Prisma.sql`${withMails(asked)} SELECT mails.lead_id FROM mails
      WHERE mails.status = 'sent' AND mails.cadence = ${cadence} AND mails.step_id = ${step} AND ${which}`;
  },
};

const some = (event: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT FROM events e WHERE e.send_id = mails.id AND ${event})`;
const byPerson = (type: string): Prisma.Sql => some(Prisma.sql`e.type = ${type} AND NOT e.machine`);

/** Which of the sent messages a figure counts, by its key: what the sums say of all messages at once. */
const WHICH: Readonly<Record<string, Prisma.Sql>> = {
  sent: Prisma.sql`TRUE`,
  ...Object.fromEntries(Object.entries(REACTIONS).map(([key, type]) => [key, byPerson(type)])),
  delivered: Prisma.sql`mails.delivery IS DISTINCT FROM 'bounced' AND NOT ${byPerson(REACTIONS.bounced)}`,
  suspect: Prisma.sql`${some(SUSPECT_CLICK)} AND NOT ${byPerson(REACTIONS.clicked)}`,
  machine: Prisma.sql`${some(MACHINE_CLICK)} AND NOT ${some(SUSPECT_CLICK)} AND NOT ${byPerson(REACTIONS.clicked)}`,
};

/** It ended because the lead was ready for sales: that is what a cadence is for. */
const BECAME_READY = Prisma.sql`coalesce(runs.end_reason LIKE 'qualified%', FALSE)`;

/** The enrollments that began in the period, of leads in reach whose need fits what is asked. */
function withRuns(asked: Asked): Prisma.Sql {
  return Prisma.sql`${withTurns(ofAllTime(asked))},
    runs AS (SELECT e.*, turn.qualified_at, turn.won_at, turn.value FROM enrollments e JOIN turns turn ON turn.id = e.need_id WHERE e.started_at >= ${asked.since} AND e.started_at < ${asked.until})`;
}

/** The messages of cadences to leads in the period. One of today may be of a lead that came in long ago. */
function withMails(asked: Asked): Prisma.Sql {
  return Prisma.sql`${withTurns(ofAllTime(asked))},
    mails AS (
      SELECT s.id, s.lead_id, s.step_id, s.status::text AS status, s.template_key, s.untracked, s.delivery, s.occurred_at, e.cadence, e.revision_id
      FROM sends s JOIN enrollments e ON e.id = s.enrollment_id JOIN turns turn ON turn.id = e.need_id
      WHERE s.audience = 'lead' AND s.channel = 'email' AND s.occurred_at >= ${asked.since} AND s.occurred_at < ${asked.until})`;
}

async function cadences(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<Row['cells'] & { cadence: string }>(
    tx,
    Prisma.sql`${withRuns(asked)}
      SELECT runs.cadence, count(*)::float8 AS began, count(*) FILTER (WHERE runs.ended_at IS NULL)::float8 AS running,
        count(*) FILTER (WHERE runs.goal IS NOT NULL)::float8 AS goals,
        count(*) FILTER (WHERE runs.status = 'completed' AND runs.goal IS NULL)::float8 AS completed,
        count(*) FILTER (WHERE runs.status = 'ended' AND runs.goal IS NULL AND NOT ${BECAME_READY})::float8 AS "left",
        count(*) FILTER (WHERE runs.qualified_at >= runs.started_at)::float8 AS qualified,
        count(*) FILTER (WHERE runs.won_at >= runs.started_at)::float8 AS won,
        coalesce(sum(runs.value) FILTER (WHERE runs.won_at >= runs.started_at), 0)::float8 AS value
      FROM runs GROUP BY 1 ORDER BY began DESC, 1`,
  );
  return {
    key: 'cadences',
    title: 'Cadences',
    columns: [
      { key: 'cadence', title: 'Cadence', unit: 'text' },
      {
        key: 'began',
        title: 'Began',
        unit: 'count',
        definition: 'Enrollments that began in the period.',
        hasLeads: true,
      },
      { key: 'running', title: 'In it', unit: 'count' },
      { key: 'goals', title: 'Goal', unit: 'count', definition: 'Ended by reaching the goal.' },
      { key: 'completed', title: 'To the end', unit: 'count', definition: 'Got everything, without the goal.' },
      {
        key: 'left',
        title: 'Left',
        unit: 'count',
        definition: 'Left before the end, and not because sales took over.',
      },
      { key: 'qualified', title: 'Qualified', unit: 'count', definition: 'Became ready for sales since.' },
      { key: 'won', title: 'Won', unit: 'count', definition: 'Became customers since.' },
      { key: 'value', title: 'Won value', unit: 'money' },
    ],
    rows: rows.map((cells) => ({ cells, figure: `in|${cells.cadence}` })),
    chart: { kind: 'bars', columns: ['began', 'qualified', 'won'] },
    notes: [],
  };
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
        count(*) FILTER (WHERE mails.status = 'sent' AND EXISTS (
          SELECT FROM suppressions p WHERE p.lead_id = mails.lead_id AND p.reason = 'complaint' AND p.occurred_at >= mails.occurred_at))::float8 AS complained,
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
        rowKey: `${row.cadence}|${row.stepId}`,
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

async function leaving(tx: Tx, asked: Asked): Promise<Section> {
  const rows = await planned<{
    cadence: string;
    stepId: string | null;
    reason: string | null;
    leads: number;
    of: number;
  }>(
    tx,
    Prisma.sql`${withRuns(asked)}
      SELECT runs.cadence, runs.waiting_from AS "stepId", runs.end_reason AS reason, count(*)::float8 AS leads,
        sum(count(*)) OVER (PARTITION BY runs.cadence)::float8 AS of
      FROM runs WHERE runs.status = 'ended' AND runs.goal IS NULL AND NOT ${BECAME_READY} GROUP BY 1, 2, 3 ORDER BY leads DESC, 1, 2, 3 LIMIT 200`,
  );
  return {
    key: 'leaving',
    title: 'Where people leave',
    columns: [
      { key: 'name', title: 'Step where they stood', unit: 'text' },
      { key: 'reason', title: 'Why', unit: 'text' },
      { key: 'leads', title: 'Left', unit: 'count' },
      { key: 'share', title: 'Of those who left the cadence', unit: 'share' },
    ],
    rows: rows.map(({ cadence, stepId, reason, leads, of }) => ({
      cells: { name: `${cadence}: ${stepId ?? 'before a step that is known'}`, reason, leads, share: leads / of },
    })),
    notes: [],
  };
}
