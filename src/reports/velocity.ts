/** Velocity: what the open opportunities are expected to bring a day. */
import type { Tx } from '../store/db.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import type { Asked, Section } from './report.ts';
import { ofAllTime, withTurns } from './turns.ts';

const OPEN = Prisma.sql`turn.stage = 'opportunity' AND turn.closed_at IS NULL`;
const WON = Prisma.sql`turn.won_at IS NOT NULL`;
const DECIDED = Prisma.sql`turn.opportunity_at IS NOT NULL AND (turn.won_at IS NOT NULL OR turn.ended_at IS NOT NULL)`;
/** One that was won at once tells nothing of how long a sale takes. */
const TOOK_TIME = Prisma.sql`turn.won_at > turn.opportunity_at`;

interface Measured {
  rate: number | null;
  average: number | null;
  time: number | null;
}

export async function velocity(tx: Tx, asked: Asked): Promise<Section> {
  const [measured] = await planned<Measured>(
    tx,
    Prisma.sql`${withTurns(asked)}
      SELECT count(turn.won_at)::float8 / nullif(count(*), 0) AS rate, avg(turn.value) FILTER (WHERE ${WON})::float8 AS average,
        avg(extract(epoch FROM turn.won_at - turn.opportunity_at)) FILTER (WHERE ${TOOK_TIME})::float8 AS time
      FROM turns turn WHERE ${DECIDED}`,
  );
  const [{ open } = { open: 0 }] = await planned<{ open: number }>(
    tx,
    Prisma.sql`${withTurns(ofAllTime(asked))} SELECT count(*)::float8 AS open FROM turns turn WHERE ${OPEN}`,
  );
  const { rate = null, average = null, time = null } = measured ?? {};
  const isKnown = rate !== null && average !== null && time !== null;
  return {
    key: 'velocity',
    title: 'Velocity',
    columns: [
      { key: 'what', title: 'Of', unit: 'text', definition: 'Of all opportunities that were asked for.' },
      {
        key: 'open',
        title: 'Open opportunities',
        unit: 'count',
        definition: 'Now, whenever they came in.',
        hasLeads: true,
      },
      {
        key: 'rate',
        title: 'Win rate',
        unit: 'share',
        definition: 'Won, of the opportunities of the period that are won or lost.',
        hasLeads: true,
      },
      { key: 'average', title: 'Average value', unit: 'money', definition: 'Of those won.', hasLeads: true },
      {
        key: 'time',
        title: 'Time to win, average',
        unit: 'seconds',
        definition: 'From opportunity to won.',
        hasLeads: true,
      },
      {
        key: 'perDay',
        title: 'Velocity, a day',
        unit: 'money',
        definition:
          'Open opportunities × win rate × average value ÷ days to win: what they are expected to bring a day.',
        hasLeads: true,
      },
    ],
    rows: [
      {
        cells: {
          what: 'All',
          open,
          rate,
          average: average === null ? null : Math.round(average),
          time,
          perDay: isKnown ? Math.round((open * rate * average) / (time / SECONDS_A_DAY)) : null,
        },
        rowKey: 'velocity',
      },
    ],
    notes: isKnown ? [] : ['A velocity needs an opportunity of the period that was won, and not at once.'],
  };
}

const SECONDS_A_DAY = 86_400;

const WHO: Readonly<Record<string, Prisma.Sql>> = {
  rate: Prisma.sql`(${DECIDED} AND ${WON})`,
  average: Prisma.sql`(${WON} AND turn.value IS NOT NULL)`,
  time: TOOK_TIME,
};

/** `figure`: one of the columns, as `open|velocity`. Null for any other. */
export function leadsOfVelocity(asked: Asked, figure: string): Prisma.Sql | null {
  const key = /^(\w+)\|velocity$/.exec(figure)?.[1];
  if (key === undefined) return null;
  if (key === 'open' || key === 'perDay')
    return Prisma.sql`${withTurns(ofAllTime(asked))} SELECT turn.lead_id FROM turns turn WHERE ${OPEN}`;
  const who = Object.hasOwn(WHO, key) ? WHO[key] : undefined;
  return who === undefined ? null : Prisma.sql`${withTurns(asked)} SELECT turn.lead_id FROM turns turn WHERE ${who}`;
}
