/** Opens and clicks by whose they were. */
import type { Verdict } from '../../domain/machine-open.ts';
import { Prisma } from '../generated/client.ts';

/** Sends, or enrollments, with at least one open or click of each verdict. */
export type ByVerdict = Record<Verdict, number>;

export const NONE_BY_VERDICT: ByVerdict = { human: 0, suspect: 0, machine: 0, unknown: 0 };

/** Events from before verdicts had names are known by what counts. */
export const VERDICT_SQL = Prisma.sql`coalesce(e.properties->>'verdict', CASE WHEN e.machine THEN 'machine' ELSE coalesce(e.properties->>'actor', 'human') END)`;

/** What an event of a verdict is called among other counts: `email.opened by human`. */
export const VERDICT_KEY_SQL = Prisma.sql`e.type || ' by ' || ${VERDICT_SQL}`;

const KEYS = { 'email.opened': 'opens', 'email.clicked': 'clicks' } as const;

/** The place of a count named by VERDICT_KEY_SQL; null: it is another count. */
export function verdictPlace(what: string): { of: 'opens' | 'clicks'; verdict: Verdict } | null {
  const [type = '', verdict] = what.split(' by ');
  if (verdict === undefined || !(type in KEYS) || !(verdict in NONE_BY_VERDICT)) return null;
  return { of: KEYS[type as keyof typeof KEYS], verdict: verdict as Verdict };
}
