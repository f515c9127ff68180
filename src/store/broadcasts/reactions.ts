import type { Db } from '../db.ts';
import type { Ledger } from './ledger.ts';

export const REACTIONS = ['opened', 'clicked', 'replied'] as const;
export type Reaction = (typeof REACTIONS)[number];
export const VERDICTS = ['human', 'suspect', 'machine'] as const;

/** Messages of a broadcast on which somebody or something reacted so, by the verdict on it; `unknown`: not tracked, so it cannot be known. */
export type Reactions = Readonly<Record<Reaction, Readonly<Record<(typeof VERDICTS)[number] | 'unknown', number>>>>;

const TYPES = ['email.opened', 'email.clicked', 'reply.received'];

/** A message on which a person and a machine clicked counts in both columns. */
export async function reactionsOf(
  db: Db,
  broadcastId: string,
  counting: Promise<Ledger['unknown']>,
): Promise<Reactions> {
  const [rows, untracked] = await Promise.all([reacted(db, broadcastId), counting]);
  const unknown: Readonly<Record<string, number | undefined>> = {
    'email.opened': untracked.opens,
    'email.clicked': untracked.clicks,
  };
  const of = (type: string) => ({
    human: 0,
    suspect: 0,
    machine: 0,
    unknown: unknown[type] ?? 0,
    ...Object.fromEntries(rows.filter((row) => row.type === type).map(({ verdict, count }) => [verdict, count])),
  });
  const [opened, clicked, replied] = TYPES.map(of);
  const none = of('');
  return {
    opened: opened ?? none,
    clicked: clicked ?? none,
    replied: replied ?? none,
  };
}

function reacted(
  db: Db,
  broadcastId: string,
): Promise<{ type: string; verdict: (typeof VERDICTS)[number]; count: number }[]> {
  return db.$queryRaw`
    SELECT e.type, CASE WHEN NOT e.machine THEN 'human' WHEN e.properties->>'verdict' = 'suspect' THEN 'suspect' ELSE 'machine' END AS verdict,
      count(DISTINCT e.send_id)::int AS count
    FROM sends s JOIN events e ON e.send_id = s.id
    WHERE s.broadcast_id = ${broadcastId} AND e.type = ANY(${TYPES}) GROUP BY 1, 2`;
}
