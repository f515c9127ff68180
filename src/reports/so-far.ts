/** What came to each layer of the funnel on each day, whenever it came in: a saved plan counts its own days of it. */
import { TARGET_LAYERS, type TargetLayer } from '../domain/target.ts';
import { Prisma } from '../store/generated/client.ts';
import { planned } from '../store/planned.ts';
import { lastMomentOf } from './periods.ts';
import type { Asked, Report, Section } from './report.ts';
import { ofAllTime, withTurns } from './turns.ts';

const AT: Readonly<Record<TargetLayer, string>> = {
  came: 'opened_at',
  qualified: 'qualified_at',
  handed: 'handed_at',
  accepted: 'accepted_at',
  opportunity: 'opportunity_at',
  won: 'won_at',
};

interface OfDay {
  layer: TargetLayer;
  day: string;
  needs: number;
}

/** In no list of reports: target planning shows it. */
export const SO_FAR: Report = {
  key: 'target-so-far',
  title: 'Target planning',
  question: 'What of a plan has happened?',
  by: ['campaign'],
  takes: { by: false, only: [], segment: false },
  parts: [
    async (tx, asked): Promise<Section> => {
      const at = TARGET_LAYERS.map((layer) => Prisma.sql`(${layer}, ${Prisma.raw(`turn.${AT[layer]}`)})`);
      const rows = await planned<OfDay>(
        tx,
        // What a lead did by a clock that is ahead is of the last day.
        Prisma.sql`${withTurns(ofAllTime(asked))}
          SELECT came.layer, to_char(least(came.at, ${lastMomentOf(asked).toISOString()}::timestamptz) AT TIME ZONE ${asked.zone}, 'YYYY-MM-DD') AS day, count(*)::float8 AS needs
          FROM turns turn CROSS JOIN LATERAL (VALUES ${Prisma.join(at)}) came (layer, at)
          WHERE came.at >= ${asked.since} AND came.at < ${asked.until} GROUP BY 1, 2`,
      );
      return {
        key: 'days',
        title: 'By day',
        columns: [],
        rows: rows.map((cells) => ({ cells: { ...cells } })),
        notes: [],
      };
    },
  ],
  leads: () => null,
};

/** @param sections Those of an answer to `SO_FAR` @param days Both included (YYYY-MM-DD) */
export function needsWithin(
  [section]: readonly Section[],
  { layer, since, until }: { layer: TargetLayer; since: string; until: string },
): number {
  return (section?.rows ?? []).reduce((sum, { cells }) => {
    const day = String(cells['day']);
    return cells['layer'] === layer && day >= since && day <= until ? sum + Number(cells['needs']) : sum;
  }, 0);
}

/** The leads whose needs came to a layer within the period, as `within:LAYER` of the funnel; null: there is no such layer. */
export function leadsWithin(asked: Asked, layer: string): Prisma.Sql | null {
  const known = TARGET_LAYERS.find((one) => one === layer);
  if (known === undefined) return null;
  const at = Prisma.raw(`turn.${AT[known]}`);
  return Prisma.sql`${withTurns(ofAllTime(asked))} SELECT turn.lead_id FROM turns turn
    WHERE ${at} >= ${asked.since} AND ${at} < ${asked.until}`;
}
