import type { LeadField } from '../../domain/condition.ts';
import { latestConsent } from '../consent/consent.ts';
import type { Tx } from '../db.ts';
import { Prisma, type Lead, type Need, type Touch } from '../generated/client.ts';
import { planned } from '../planned.ts';

/** What conditions know of a lead beyond its own row. */
export interface LeadContext {
  /** The current need. */
  need: NeedFacts | null;
  /** The one that the current need began with: of the first need the lead's first touch. */
  firstTouch: TouchFacts | null;
  /** May it be mailed marketing: is the latest word a yes, and the address not suppressed? */
  consented: boolean;
  /** Key of the cadence it is in. */
  cadence: string | null;
}

export type NeedFacts = Pick<
  Need,
  | 'type'
  | 'productLine'
  | 'maturity'
  | 'budget'
  | 'authority'
  | 'needKnown'
  | 'timing'
  | 'valueMinor'
  | 'currency'
  | 'recycleCount'
>;
export type TouchFacts = Pick<Touch, 'source' | 'medium' | 'campaign' | 'content' | 'landingPage'>;

/** Fields of a condition that need the context; the others are read off the lead's own row. */
export const CONTEXT_FIELDS: ReadonlySet<string> = new Set<LeadField>([
  'medium',
  'campaign',
  'content',
  'landingPage',
  'maturity',
  'need',
  'productLine',
  'value',
  'currency',
  'budget',
  'authority',
  'needKnown',
  'timing',
  'recycleCount',
  'consented',
  'cadence',
]);

type ContextRow = {
  leadId: string;
  hasNeed: boolean;
  hasTouch: boolean;
  consented: boolean;
  cadence: string | null;
} & {
  [K in keyof NeedFacts as `need_${K}`]: NeedFacts[K] | null;
} & { [K in keyof TouchFacts as `touch_${K}`]: TouchFacts[K] };

/** Reads the context of any number of leads in one statement. */
export async function loadContexts(tx: Tx, leads: readonly Pick<Lead, 'id'>[]): Promise<Map<string, LeadContext>> {
  if (leads.length === 0) return new Map();
  const rows = await planned<ContextRow>(
    tx,
    Prisma.sql`
    SELECT l.id AS "leadId",
      n.id IS NOT NULL AS "hasNeed", n.type AS "need_type", n.product_line AS "need_productLine",
      n.maturity::text AS "need_maturity", n.budget::text AS "need_budget", n.authority::text AS "need_authority",
      n.need_known::text AS "need_needKnown", n.timing::text AS "need_timing", n.value_minor AS "need_valueMinor",
      n.currency AS "need_currency", n.recycle_count AS "need_recycleCount",
      t.id IS NOT NULL AS "hasTouch", t.source AS "touch_source", t.medium AS "touch_medium",
      t.campaign AS "touch_campaign", t.content AS "touch_content", t.landing_page AS "touch_landingPage",
      coalesce(c.granted, false) AND NOT EXISTS (SELECT FROM suppressions s WHERE s.email = l.email) AS "consented", e.cadence AS "cadence"
    FROM leads l
    LEFT JOIN needs n ON n.id = l.need_id
    LEFT JOIN LATERAL (
      SELECT * FROM touches WHERE lead_id = l.id AND (is_first OR need_id = l.need_id)
      ORDER BY need_id IS DISTINCT FROM l.need_id, occurred_at, id LIMIT 1
    ) t ON true
    LEFT JOIN enrollments e ON e.lead_id = l.id AND e.status = 'active'
    LEFT JOIN LATERAL ${latestConsent(Prisma.sql`l.id`)} c ON true
    WHERE l.id = ANY(${leads.map(({ id }) => id)})`,
  );
  return new Map(rows.map((row) => [row.leadId, contextOf(row)]));
}

function contextOf(row: ContextRow): LeadContext {
  return {
    need: row.hasNeed
      ? {
          type: row.need_type,
          productLine: row.need_productLine,
          maturity: row.need_maturity ?? 'researching',
          budget: row.need_budget ?? 'unknown',
          authority: row.need_authority ?? 'unknown',
          needKnown: row.need_needKnown ?? 'unknown',
          timing: row.need_timing ?? 'unknown',
          valueMinor: row.need_valueMinor,
          currency: row.need_currency,
          recycleCount: row.need_recycleCount ?? 0,
        }
      : null,
    firstTouch: row.hasTouch
      ? {
          source: row.touch_source,
          medium: row.touch_medium,
          campaign: row.touch_campaign,
          content: row.touch_content,
          landingPage: row.touch_landingPage,
        }
      : null,
    consented: row.consented,
    cadence: row.cadence,
  };
}
