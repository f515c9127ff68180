/** What a past period says of the way from lead to customer, for planning backwards from a target. */
import { type Measured, TARGET_LAYERS } from '../domain/target.ts';
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { CAMPAIGNS, costsByGroup } from './campaigns.ts';
import type { Asked, Report, Section } from './report.ts';
import { ofAllTime, withTurns } from './turns.ts';

const LAYERS = [
  ['qualified', 'qualified_at'],
  ['handed', 'handed_at'],
  ['accepted', 'accepted_at'],
  ['opportunity', 'opportunity_at'],
  ['won', 'won_at'],
] as const;

/** The stages of an open need that has come so far and no further. What is at rest is expected to become nothing. */
const STANDS_AT = {
  came: ['new', 'nurturing'],
  qualified: ['qualifying', 'qualified'],
  handed: ['assigned'],
  accepted: ['accepted'],
  opportunity: ['opportunity'],
} as const;

type Row = Record<string, number | null>;

/** The leads whose needs are open and not at rest: those of `Measured.open`. */
export function leadsUnderWay(asked: Asked): Prisma.Sql {
  return Prisma.sql`${withTurns(ofAllTime(asked))} SELECT turn.lead_id FROM turns turn
    WHERE turn.closed_at IS NULL AND turn.stage = ANY(${Object.values(STANDS_AT).flat()})`;
}

interface MeasuredSection extends Section {
  measured: Measured;
}

/** What plans are made of, counted and kept as a report is. It is in no list of reports: target planning shows it. */
export const TARGET: Report = {
  key: 'target',
  title: 'Target planning',
  question: 'How many leads does a target take, by when, and for how much?',
  by: ['campaign'],
  takes: { by: false, only: [], segment: false },
  parts: [
    async (tx, asked): Promise<MeasuredSection> => {
      const measured = await measureTarget(tx, asked);
      return { key: 'measured', title: 'Measured', columns: [], rows: [], notes: [], measured };
    },
  ],
  leads: () => null,
};

/** @param sections Those of an answer to `TARGET` */
export function measuredOf([section]: readonly Section[]): Measured {
  return (section as MeasuredSection).measured;
}

/** Needs that came in within the period, as far as they have come by now. */
async function measureTarget(tx: Tx, ofNow: Asked): Promise<Measured> {
  // Who sees some leads alone plans with all that they were handed: those sent back are part of their rates.
  const asked: Asked = { ...ofNow, handedToo: true };
  const counts = LAYERS.map(
    ([key, at]) => Prisma.sql`count(${Prisma.raw(`turn.${at}`)})::float8 AS ${Prisma.raw(`"${key}"`)}`,
  );
  const days = LAYERS.map(
    ([
      key,
      at,
    ]) => Prisma.sql`(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ${Prisma.raw(`turn.${at}`)} - turn.opened_at)) / 86400)::float8
      AS ${Prisma.raw(`"${key} days"`)}`,
  );
  const [row = {}] = await planned<Row>(
    tx,
    Prisma.sql`${withTurns(asked)} SELECT count(*)::float8 AS "in", ${Prisma.join([...counts, ...days])},
      avg(turn.value) FILTER (WHERE turn.won_at IS NOT NULL)::float8 AS value FROM turns turn`,
  );
  const lines = await planned<{ productLine: string | null; won: number }>(
    tx,
    Prisma.sql`${withTurns(asked)} SELECT turn.product_line AS "productLine", count(*)::float8 AS won
      FROM turns turn WHERE turn.won_at IS NOT NULL GROUP BY 1 ORDER BY 2 DESC`,
  );
  const [open] = await planned<NonNullable<Measured['open']>>(
    tx,
    Prisma.sql`${withTurns(ofAllTime(asked))} SELECT ${Prisma.join(
      Object.entries(STANDS_AT).map(
        ([layer, stages]) =>
          Prisma.sql`count(*) FILTER (WHERE turn.stage = ANY(${[...stages]}))::float8 AS ${Prisma.raw(layer)}`,
      ),
    )} FROM turns turn WHERE turn.closed_at IS NULL`,
  );
  const [campaigns] = [await CAMPAIGNS.parts[0](tx, asked)].flat();
  const costs = await costsByGroup(tx, asked);
  const won = lines.reduce((sum, line) => sum + line.won, 0);
  const before = (i: number): number => row[i === 0 ? 'in' : (LAYERS[i - 1]?.[0] ?? 'in')] ?? 0;
  const rateOf = (key: string, i: number): number | null => (before(i) === 0 ? null : (row[key] ?? 0) / before(i));
  return {
    rates: Object.fromEntries(LAYERS.map(([key], i) => [key, rateOf(key, i)])) as Measured['rates'],
    days: Object.fromEntries(LAYERS.map(([key]) => [key, row[`${key} days`] ?? null])) as Measured['days'],
    valueMinor: row['value'] ?? null,
    activities: (campaigns?.rows ?? []).flatMap(({ group, cells }) =>
      Number(cells['leads'] ?? 0) === 0
        ? []
        : [
            {
              activity: group ?? null,
              leads: Number(cells['leads']),
              won: Number(cells['won']),
              costMinor: costs.get(group ?? null) ?? null,
            },
          ],
    ),
    ...(open && { open }),
    productLines: lines.map(({ productLine, won: those }) => ({ productLine, share: those / won, won: those })),
    needs: Object.fromEntries(
      TARGET_LAYERS.map((layer) => [layer, row[layer === 'came' ? 'in' : layer] ?? 0]),
    ) as NonNullable<Measured['needs']>,
  };
}
