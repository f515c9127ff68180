import { intervalOf, type Share } from '../domain/compare-shares.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { controlGroup, leadsBesideControl } from './control-group.ts';
import { MACHINE_CLICK, REACTIONS, SUSPECT_CLICK } from '../domain/mail-reactions.ts';
import type { Asked, Cell, Column, Report, Row, Section } from './report.ts';
import { cadences, leadsOfRuns, leaving } from './runs.ts';
import { leadsOfArm, splitArms } from './split-arms.ts';
import { inStepOrder } from './step-order.ts';
import { joinTurns, ofAllTime, withTurns } from './turns.ts';
import { intervalInWords } from './words.ts';

export const MAIL_COLUMNS: readonly Column[] = [
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
  { key: 'replied', title: 'Replied', unit: 'count', definition: 'Messages that a person answered.', hasLeads: true },
  {
    key: 'unsubscribed',
    title: 'Unsubscribed',
    unit: 'count',
    definition: 'Messages by which the lead unsubscribed.',
    hasLeads: true,
  },
  {
    key: 'complained',
    title: 'Complained',
    unit: 'count',
    definition: 'Messages whose lead reported spam afterwards.',
    hasLeads: true,
  },
  { key: 'bounced', title: 'Bounced', unit: 'count', definition: 'Messages that came back.', hasLeads: true },
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
    title: 'Clicks, perhaps a scanner’s',
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

/** The messages with at least one of the reactions. */
const did = (...reactions: readonly number[]): Prisma.Sql =>
  Prisma.raw(`mails.reactions & ${reactions.reduce((all, one) => all | one, 0)} <> 0`);
const sent = (which: Prisma.Sql): Prisma.Sql => Prisma.sql`mails.status = 'sent' AND ${which}`;

/** Which `mails` a figure counts, by its key. */
export const COUNTED: Readonly<Record<string, Prisma.Sql>> = {
  sent: sent(Prisma.sql`TRUE`),
  ...Object.fromEntries(Object.entries(REACTIONS).map(([key, reaction]) => [key, sent(did(reaction))])),
  untracked: sent(Prisma.sql`mails.untracked = 'all'`),
  complained: sent(Prisma.sql`mails.has_complained`),
  failed: Prisma.sql`mails.status = 'failed'`,
  skipped: Prisma.sql`mails.status = 'skipped'`,
  delivered: sent(Prisma.sql`mails.delivery IS DISTINCT FROM 'bounced' AND NOT ${did(REACTIONS.bounced)}`),
  suspect: sent(Prisma.sql`${did(SUSPECT_CLICK)} AND NOT ${did(REACTIONS.clicked)}`),
  machine: sent(Prisma.sql`${did(MACHINE_CLICK)} AND NOT ${did(SUSPECT_CLICK, REACTIONS.clicked)}`),
};
/** The rate has the leads of its count. */
export const WHICH: Readonly<Record<string, Prisma.Sql>> = { ...COUNTED, clickRate: sent(did(REACTIONS.clicked)) };

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
      SELECT s.id, s.lead_id, s.step_id, s.status, s.template_key, s.untracked, s.delivery, s.reactions, s.occurred_at, e.cadence, e.revision_id,
        complaint.at >= s.occurred_at AS has_complained
      FROM sends s JOIN enrollments e ON e.id = s.enrollment_id AND e.need_id IS NOT NULL ${joinTurns(asked, 'e.need_id')}
      LEFT JOIN (SELECT lead_id, max(occurred_at) AS at FROM suppressions WHERE reason = 'complaint' GROUP BY lead_id) complaint
        ON complaint.lead_id = s.lead_id
      WHERE s.audience = 'lead' AND s.channel = 'email' AND s.occurred_at >= ${asked.since} AND s.occurred_at < ${asked.until})`;
}

/** Messages that no figure tells apart are put together first: of millions there are some hundred kinds. */
const ALIKE = Prisma.sql`(
  SELECT mails.cadence, mails.revision_id, mails.step_id, mails.status, mails.untracked, mails.delivery, mails.reactions,
    mails.has_complained, count(*) AS alike, min(mails.template_key) AS template, min(mails.occurred_at) AS first
  FROM mails GROUP BY 1, 2, 3, 4, 5, 6, 7, 8) mails`;

async function steps(tx: Tx, asked: Asked): Promise<Section> {
  const sums = Object.entries(COUNTED).map(
    ([key, which]) =>
      Prisma.sql`coalesce(sum(mails.alike) FILTER (WHERE ${which}), 0)::float8 AS ${Prisma.raw(`"${key}"`)}`,
  );
  const names = Object.keys(COUNTED).map((key) => Prisma.raw(`of_step."${key}"`));
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
      SELECT of_step.cadence, cr.number AS revision, coalesce(of_step.step_id, '') AS "stepId", of_step.template, ${Prisma.join(names)}
      FROM (
        SELECT mails.cadence, mails.revision_id, mails.step_id, min(mails.template) AS template, min(mails.first) AS first, ${Prisma.join(sums)}
        FROM ${ALIKE} GROUP BY 1, 2, 3) of_step
      JOIN cadence_revisions cr ON cr.id = of_step.revision_id
      ORDER BY of_step.cadence, cr.number DESC, of_step.first`,
  );
  return {
    key: 'mails',
    title: 'Mails',
    columns: [
      { key: 'name', title: 'Step', unit: 'text', definition: 'Cadence and step that the mail is of.' },
      { key: 'revision', title: 'Revision', unit: 'count', definition: 'Of the cadence.' },
      { key: 'template', title: 'Template', unit: 'text', definition: 'Of the mail.' },
      ...MAIL_COLUMNS,
    ],
    rows: (await inStepOrder(tx, rows)).map((row): Row => {
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
