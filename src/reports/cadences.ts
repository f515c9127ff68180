import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { controlGroup, leadsBesideControl } from './control-group.ts';
import { clickRateOf, COUNTED, LAST_COMPLAINT, MAIL_COLUMNS, WHICH } from './mail-figures.ts';
import type { Asked, Cell, Report, Row, Section } from './report.ts';
import { cadences, leadsOfRuns, leaving } from './runs.ts';
import { leadsOfArm, splitArms } from './split-arms.ts';
import { inStepOrder } from './step-order.ts';
import { joinTurns, ofAllTime, withTurns } from './turns.ts';

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
      ${LAST_COMPLAINT}
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
      return {
        rowKey: `mail|${row.revision}|${row.cadence}|${row.stepId}`,
        cells: {
          ...row,
          name: `${row.cadence}: ${row.stepId}`,
          ...clickRateOf(row),
        },
      };
    }),
    notes: [],
  };
}
