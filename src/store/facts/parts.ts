import { MARKETING } from '../../domain/consent.ts';
import type { Part } from '../../domain/fields/field.ts';
import { latestConsents } from '../consent/consent.ts';
import { Prisma } from '../generated/client.ts';

/** A touch with its campaign; a join that no field asks about is dropped by the planner. */
const TOUCH = Prisma.raw(
  `SELECT touches.*, coalesce(tc.key, touches.campaign) AS campaign_key, tc.type AS campaign_type
      FROM touches LEFT JOIN campaigns tc ON tc.id = touches.campaign_id`,
);

/**
 * How the parts that fields are read from are reached from `leads l`: the joins of a statement that asks about fields. Aliases as
 * in domain/fields/field.ts. Each gives one row at most.
 */
const JOINS: Readonly<Record<Exclude<Part, 'lead'>, Prisma.Sql>> = {
  need: Prisma.sql`LEFT JOIN needs n ON n.id = l.need_id`,
  touch: Prisma.sql`
    LEFT JOIN LATERAL (
      ${TOUCH}
      WHERE lead_id = l.id AND (is_first OR need_id = l.need_id)
      ORDER BY need_id IS DISTINCT FROM l.need_id, occurred_at, touches.id LIMIT 1
    ) t ON true`,
  firstTouch: Prisma.sql`
    LEFT JOIN LATERAL (
      ${TOUCH} WHERE lead_id = l.id AND is_first
    ) f ON true`,
  lastTouch: Prisma.sql`
    LEFT JOIN LATERAL (
      ${TOUCH}
      WHERE lead_id = l.id ORDER BY occurred_at DESC, touches.id DESC LIMIT 1
    ) z ON true`,
  consent: Prisma.sql`LEFT JOIN LATERAL ${latestConsents(Prisma.sql`l.id`, MARKETING)} c ON true`,
  enrollment: Prisma.sql`LEFT JOIN enrollments e ON e.lead_id = l.id AND e.status = 'active' AND e.kind = 'main'`,
  owner: Prisma.sql`LEFT JOIN reps o ON o.id = l.owner_id`,
};

/** The joins for these parts, each once. */
export function joinsOf(parts: Iterable<Part>): Prisma.Sql {
  const joins = [...new Set(parts)].flatMap((part) => (part === 'lead' ? [] : [JOINS[part]]));
  return joins.length === 0 ? Prisma.empty : Prisma.join(joins, ' ');
}
