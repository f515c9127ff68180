import type { Scope } from '../../domain/policy.ts';
import type { Db } from '../db.ts';
import type { AssignmentStatus, Prisma } from '../generated/client.ts';
import { type GivenFilter, whereGiven } from './given.ts';

const INCLUDE = {
  rep: { select: { id: true, key: true, name: true, active: true, inPlaybook: true, timeZone: true } },
  lead: {
    select: {
      id: true,
      firstName: true,
      lastName: true,
      company: true,
      jobTitle: true,
      source: true,
      fitGrade: true,
      score: true,
      scoreAt: true,
      scoreParts: true,
      lastHighIntentAt: true,
      armedAt: true,
      valueTier: true,
      clockOffsetMs: true,
      needId: true,
      ownerId: true,
      stage: true,
      qualifiedBy: true,
    },
  },
  need: {
    select: {
      type: true,
      productLine: true,
      maturity: true,
      valueMinor: true,
      currency: true,
      recycleCount: true,
      closedAt: true,
    },
  },
} as const satisfies Prisma.AssignmentInclude;

export type ListedAssignment = Prisma.AssignmentGetPayload<{ include: typeof INCLUDE }>;

export type AssignmentFilter = GivenFilter<AssignmentStatus>;

/** Newest first, by id; `after` is the last id of the page before. */
export async function listAssignments(
  db: Db,
  scope: Scope,
  filter: AssignmentFilter,
  after: string | null,
  limit: number,
): Promise<ListedAssignment[]> {
  const where = await whereGiven(db, scope, filter, after);
  if (where === null) return [];
  return db.assignment.findMany({
    where,
    include: INCLUDE,
    orderBy: { id: 'desc' },
    take: limit,
  });
}

export async function readAssignment(db: Db, assignmentId: string): Promise<ListedAssignment | null> {
  return db.assignment.findUnique({ where: { id: assignmentId }, include: INCLUDE });
}

/** How a hand-off and its lead stand now; null: there is none with this id. */
export async function readStatus(
  db: Db,
  assignmentId: string,
): Promise<{ status: AssignmentStatus; stage: string; repName: string } | null> {
  const [row] = await db.$queryRaw<{ status: AssignmentStatus; stage: string; repName: string }[]>`
    SELECT a.status::text AS status, l.stage, r.name AS "repName"
    FROM assignments a JOIN leads l ON l.id = a.lead_id JOIN reps r ON r.id = a.rep_id WHERE a.id = ${assignmentId}`;
  return row ?? null;
}
