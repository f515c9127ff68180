import type { Db } from '../db.ts';
import { planned } from '../planned.ts';
import { Prisma } from '../generated/client.ts';

/** A lead that a rep has, or is offered. */
export interface DeskRow {
  leadId: string;
  assignmentId: string;
  status: 'offered' | 'accepted';
  /** When the offer is over. */
  offerDueAt: Date | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  stage: string;
  score: number;
  scoreAt: Date;
  scoreParts: unknown;
  clockOffsetMs: bigint;
  fitGrade: 'A' | 'B' | 'C' | 'D';
  valueMinor: bigint | null;
  currency: string | null;
  /** The next step that the rep planned and has not followed by a contact. */
  nextStep: string | null;
  nextStepAt: Date | null;
}

const MOST_SHOWN = 200;

/** The open leads of a rep, those that wait for a decision first. */
export async function readDesk(db: Db, repId: string): Promise<DeskRow[]> {
  return planned<DeskRow>(
    db,
    Prisma.sql`
    SELECT l.id AS "leadId", a.id AS "assignmentId", a.status, a.due_at AS "offerDueAt",
      l.first_name AS "firstName", l.last_name AS "lastName", l.company, l.stage, l.score, l.score_at AS "scoreAt", l.score_parts AS "scoreParts",
      l.clock_offset_ms AS "clockOffsetMs", l.fit_grade AS "fitGrade", n.value_minor AS "valueMinor", n.currency,
      s.body AS "nextStep", s.due_at AS "nextStepAt"
    FROM assignments a JOIN leads l ON l.id = a.lead_id AND l.need_id = a.need_id JOIN needs n ON n.id = a.need_id
    LEFT JOIN LATERAL (
      SELECT p.body, p.due_at, p.occurred_at FROM rep_activities p
      WHERE p.lead_id = l.id AND p.kind = 'next-step' ORDER BY p.occurred_at DESC, p.id DESC LIMIT 1) s
      ON NOT EXISTS (SELECT 1 FROM rep_activities c WHERE c.lead_id = l.id AND c.occurred_at > s.occurred_at
                     AND c.kind NOT IN ('next-step', 'note'))
    WHERE a.rep_id = ${repId} AND a.status IN ('offered', 'accepted') AND n.closed_at IS NULL
    ORDER BY a.status, coalesce(s.due_at, a.due_at) LIMIT ${MOST_SHOWN}`,
  );
}
