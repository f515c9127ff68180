/** The latest turn of each lead: what is told of leads, and not of needs. */
import { Prisma } from '../store/generated/client.ts';
import type { Asked } from './report.ts';
import { CAME_TWICE, withTurns } from './turns.ts';

/** What is asked of the lead `l` of each turn. */
const OF_LEAD = ['email', 'marketing_consent', 'orders', 'sunset_at', 'fit_completeness', 'last_engaged_at'];

/** `latest`: one row a lead: a lead with several turns in the period counts once, by its latest. Each is `turn`, its lead `l`. */
export const withLatest = (
  asked: Asked,
): Prisma.Sql => Prisma.sql`${withTurns(asked, { lead: Prisma.raw(OF_LEAD.map((column) => `, l.${column}`).join('')) })},
  latest AS NOT MATERIALIZED (
    SELECT turn.* FROM turns turn WHERE turn.lead_id NOT IN ${CAME_TWICE} OR NOT EXISTS (
      SELECT FROM turns later WHERE later.lead_id = turn.lead_id AND (later.opened_at, later.id) > (turn.opened_at, turn.id)))`;
export const LATEST = Prisma.raw(
  `latest turn CROSS JOIN LATERAL (SELECT turn.lead_id AS id${OF_LEAD.map((column) => `, turn.${column}`).join('')}) l`,
);
