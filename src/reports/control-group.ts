/** What marketing brings: those who were enrolled beside the control group, who would have been and were not. */
import { intervalOf } from '../domain/compare-shares.ts';
import { liftOf } from '../domain/lift.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import type { Asked, Row, Section } from './report.ts';
import { withTurns } from './turns.ts';
import { verdictByLift } from './verdict.ts';
import { intervalInWords } from './words.ts';

interface Group {
  isControl: boolean;
  leads: number;
  qualified: number;
  won: number;
  value: number;
  /** Standard deviation of the won value of a need. */
  spread: number | null;
}

/**
 * The needs of a group, each as `m`: those of the control group never began a cadence. What a need had come to before it began one, or before
 * its lead was kept out, no cadence could change: one that was ready for sales or closed by then is left out.
 */
function withGroup(asked: Asked, isControl: boolean): Prisma.Sql {
  const began = isControl
    ? Prisma.sql`turns turn JOIN (SELECT l.id, l.control_since AS at FROM leads l WHERE l.control_since IS NOT NULL) began
        ON began.id = turn.lead_id
          AND NOT EXISTS (SELECT FROM enrollments run WHERE run.kind = 'main' AND run.need_id = turn.id)`
    : Prisma.sql`turns turn JOIN (SELECT run.need_id, min(run.started_at) AS at FROM enrollments run
        WHERE run.kind = 'main' GROUP BY run.need_id) began ON began.need_id = turn.id`;
  return Prisma.sql`${withTurns(asked)},
    m AS (
      SELECT turn.lead_id, turn.qualified_at, turn.won_at,
        CASE WHEN turn.won_at IS NOT NULL THEN coalesce(turn.value, 0) ELSE 0 END::float8 AS won_value
      FROM ${began}
      WHERE coalesce(turn.qualified_at >= began.at, TRUE) AND coalesce(turn.closed_at >= began.at, TRUE))`;
}

const QUALIFIED = Prisma.sql`m.qualified_at IS NOT NULL`;
const WON = Prisma.sql`m.won_at IS NOT NULL`;

/** Whose leads are behind the figures, by their keys. */
const WHO: Readonly<Record<string, Prisma.Sql>> = {
  leads: Prisma.sql`TRUE`,
  qualified: QUALIFIED,
  rate: QUALIFIED,
  lift: QUALIFIED,
  won: WON,
  each: WON,
  eachMargin: WON,
  extra: WON,
  extraMargin: WON,
};

/** `figure`: a column, and the group: "won|control|true" for the control group. Null for any other. */
export function leadsBesideControl(asked: Asked, figure: string): Prisma.Sql | null {
  const [, key = '', isControl] = /^(\w+)\|control\|(true|false)$/.exec(figure) ?? [];
  const who = Object.hasOwn(WHO, key) ? WHO[key] : undefined;
  if (who === undefined) return null;
  return Prisma.sql`${withGroup(asked, isControl === 'true')} SELECT m.lead_id FROM m WHERE ${who}`;
}

/** The others are counted only where there is a control group to set them beside. */
export async function controlGroup(tx: Tx, asked: Asked): Promise<Section> {
  const count = async (isControl: boolean): Promise<Group[]> => {
    const groups = await planned<Omit<Group, 'isControl'>>(
      tx,
      Prisma.sql`${withGroup(asked, isControl)}
        SELECT count(*)::float8 AS leads, count(m.qualified_at)::float8 AS qualified, count(m.won_at)::float8 AS won,
          coalesce(sum(m.won_value), 0)::float8 AS value, stddev_samp(m.won_value)::float8 AS spread
        FROM m`,
    );
    return groups.flatMap((group) => (group.leads === 0 ? [] : [{ ...group, isControl }]));
  };
  const [control] = await count(true);
  const groups = control === undefined ? [] : [control, ...(await count(false))];
  const rows: Row[] =
    control === undefined
      ? []
      : groups.map((group) => {
          const lift = group.isControl ? null : liftOf(shareOf(group), shareOf(control));
          const each = group.value / group.leads;
          const [own, others] = [varianceOfMean(group), varianceOfMean(control)];
          const isExtraKnown = !group.isControl && own !== null && others !== null;
          return {
            rowKey: `control|${group.isControl}`,
            cells: {
              group: group.isControl ? 'Control group' : 'In cadences',
              leads: group.leads,
              qualified: group.qualified,
              rate: group.qualified / group.leads,
              between: intervalInWords(intervalOf(shareOf(group))),
              won: group.won,
              each: Math.round(each),
              eachMargin: own === null ? null : Math.round(marginOf(own)),
              lift: lift?.lift ?? null,
              liftBetween: lift === null ? null : intervalInWords(lift),
              verdict: group.isControl
                ? null
                : verdictByLift(shareOf(group), shareOf(control), { arm: 'the control group', of: 'needs' }),
              extra: isExtraKnown ? Math.round((each - control.value / control.leads) * group.leads) : null,
              extraMargin: isExtraKnown ? Math.round(marginOf(own + others) * group.leads) : null,
            },
          };
        });
  return {
    key: 'control',
    title: 'Beside the control group',
    columns: [
      {
        key: 'group',
        title: 'Group',
        unit: 'text',
        definition: 'The control group is kept out of cadences and broadcasts, always the same leads.',
      },
      {
        key: 'leads',
        title: 'Needs',
        unit: 'count',
        definition:
          'Needs that came in within the period and began a cadence, or would have and are of the control group; without those that were ready for sales or closed before.',
        hasLeads: true,
      },
      { key: 'qualified', title: 'Qualified', unit: 'count', definition: 'Of these, ready for sales.', hasLeads: true },
      {
        key: 'rate',
        title: 'Qualified, of all',
        unit: 'share',
        definition: 'Qualified, of the needs of the row.',
        hasLeads: true,
      },
      {
        key: 'between',
        title: '95% between',
        unit: 'text',
        definition: 'Where the true share lies, 19 times out of 20 (Wilson’s interval).',
      },
      { key: 'won', title: 'Won', unit: 'count', definition: 'Of these needs, customers by now.', hasLeads: true },
      {
        key: 'each',
        title: 'Won value a need',
        unit: 'money',
        definition: 'What a need of the row brought on average.',
        hasLeads: true,
      },
      {
        key: 'eachMargin',
        title: '± (95%)',
        unit: 'money',
        definition: 'How far the true value may lie from it. Nothing stands there before two needs were won.',
        hasLeads: true,
      },
      {
        key: 'lift',
        title: 'Lift',
        unit: 'share',
        definition: 'How much larger the qualified share is than that of the control group: 20% is a fifth more.',
        hasLeads: true,
      },
      {
        key: 'liftBetween',
        title: 'Lift, 95% between',
        unit: 'text',
        definition: 'Where the true lift lies, 19 times out of 20 (Katz’s interval).',
      },
      {
        key: 'verdict',
        title: 'Verdict',
        unit: 'text',
        definition:
          'Beside the control group, by who qualified: “better” where all of the lift’s interval is above zero. The chance is that of a two-sided test.',
      },
      {
        key: 'extra',
        title: 'Money it brought',
        unit: 'money',
        definition:
          'Won value a need above that of the control group, times the needs. Not known before two needs of each group were won.',
        hasLeads: true,
      },
      {
        key: 'extraMargin',
        title: 'Money, ± (95%)',
        unit: 'money',
        definition: 'How far the true money may lie from it: where this is more than the money, it may be none.',
        hasLeads: true,
      },
    ],
    rows,
    notes:
      control === undefined
        ? [
            'There is no control group, or nobody of it came in within this time. It is a small part of the leads, such as 2%, that gets no cadence, so that the others can be compared with it: the playbook says how large it is (controlGroup in settings.yaml).',
          ]
        : [...moneyNotes(rows), ...(asked.playbook.controlGroup ? [] : [NOBODY_NOW])],
  };
}

const NOBODY_NOW =
  'Nobody new is kept out today: settings.yaml has no controlGroup. What stands here is of those who were kept out before.';

/** What is said of money that the margin reaches below zero. */
function moneyNotes(rows: readonly Row[]): string[] {
  const isUnsure = ({ cells }: Row): boolean =>
    typeof cells['extra'] === 'number' && Number(cells['extraMargin']) > Math.abs(cells['extra']);
  return rows.some(isUnsure)
    ? ['The money that it brought may be none: how far it may lie from the figure (±) is more than the figure.']
    : [];
}

/** Of the won value of a need; null where too few were won for it to be told. */
function varianceOfMean({ won, spread, leads }: Group): number | null {
  return won < 2 || spread === null ? null : spread ** 2 / leads;
}

/** How far a mean may lie from what is true, 19 times out of 20. */
function marginOf(variance: number): number {
  return 1.96 * Math.sqrt(variance);
}

function shareOf({ qualified, leads }: Group) {
  return { cases: qualified, of: leads };
}
