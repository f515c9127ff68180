import { DATABASE } from '../../domain/budgets.ts';
import type { Cadence } from '../../domain/cadence.ts';
import { isInNurturePool, type Stage } from '../../domain/stage.ts';
import type { Db, Tx } from '../db.ts';
import type { Assignment, Enrollment, Lead, Need } from '../generated/client.ts';
import { lockLead } from '../lock.ts';
import { CAMPAIGN_OF_TOUCH, JOIN_CAMPAIGN, type TouchRead } from '../campaign-of-touch.ts';
import { columnsOf } from '../rows.ts';
import { readRevision, type ReadRevision } from './revisions.ts';

/** A run through a cadence with the revision it is pinned to. */
export interface ActiveEnrollment extends Enrollment {
  revision: ReadRevision;
  cadenceAsPinned: Cadence;
}

/** Everything that a lead's process decides by, read under the lead's lock. */
export interface Picture {
  lead: Lead;
  /** The current need: open, or the last one closed. */
  need: Need | null;
  /** The cadence that runs. */
  enrollment: ActiveEnrollment | null;
  /** Reminders that run beside it. */
  reminders: ActiveEnrollment[];
  /** Cadences that stand still behind a better one, the one that stood still last first. */
  suspended: ActiveEnrollment[];
  /** What stands still until somebody resumes it: "sending", "cadence:KEY" (store/pauses). */
  pauses: readonly string[];
  /** The latest hand-off of the current need. Not read while the lead is in the nurture pool, where it does not matter. */
  assignment: Assignment | null;
  /** The lead's first touch. */
  firstTouch: TouchRead | null;
  /** The touch that the current need began with; of the first need the lead's first touch. */
  needTouch: TouchRead | null;
  /** Requests that the process has not yet taken in, oldest first; as many as one turn can handle. */
  unhandled: TouchRead[];
  /** True when there are more requests: the process has to come back. */
  hasMoreUnhandled: boolean;
}

/**
 * Locks the lead and reads where it stands.
 * @throws AppError LEAD_UNKNOWN
 */
export async function readPicture(db: Db, tx: Tx, leadId: string): Promise<Picture> {
  // Sent together and carried out in this order, so that the reads come after the lock.
  const [lead, touches, { need, pauses }, enrollments] = await Promise.all([
    lockLead(tx, leadId),
    readTouches(tx, leadId),
    readNeedAndPauses(tx, leadId),
    readEnrollments(db, tx, leadId),
  ]);
  const { needId } = lead;
  const unhandled = touches.filter((touch) => touch.handledAt === null);
  const firstTouch = touches.find((touch) => touch.isFirst) ?? null;
  return {
    lead,
    firstTouch,
    need,
    pauses,
    ...enrollments,
    assignment: needId === null || isInNurturePool(lead.stage as Stage) ? null : await readAssignment(tx, needId),
    needTouch: touches.find((touch) => needId !== null && touch.needId === needId) ?? firstTouch,
    unhandled: unhandled.slice(0, REQUESTS_AT_ONCE),
    hasMoreUnhandled: unhandled.length > REQUESTS_AT_ONCE,
  };
}

/**
 * Locks the lead again and reads what others may have written since, or a second attempt of the same activity: the rest of the
 * picture has one writer, the lead's own process.
 * @throws AppError LEAD_UNKNOWN
 */
export async function refreshPicture(db: Db, tx: Tx, before: Picture): Promise<Picture> {
  const [lead, enrollments] = await Promise.all([
    lockLead(tx, before.lead.id),
    runningOf(before).length + before.suspended.length === 0
      ? noEnrollments()
      : readEnrollments(db, tx, before.lead.id),
  ]);
  return {
    ...before,
    lead,
    ...enrollments,
    assignment: before.assignment === null || lead.needId === null ? null : await readAssignment(tx, lead.needId),
  };
}

/** So many requests are taken in by one turn. Ten thousand requests of one person are taken in piece by piece. */
const REQUESTS_AT_ONCE = 100;

/** Those that a turn may ask about: not yet taken into account, the first, and the one that the current need began with. */
async function readTouches(tx: Tx, leadId: string): Promise<TouchRead[]> {
  return tx.$queryRaw<TouchRead[]>`
    SELECT ${columnsOf('touches')}, ${CAMPAIGN_OF_TOUCH} FROM touches ${JOIN_CAMPAIGN}
    WHERE lead_id = ${leadId} AND (is_first
      OR touches.id IN (SELECT id FROM touches WHERE lead_id = ${leadId} AND handled_at IS NULL
                ORDER BY occurred_at, id LIMIT ${REQUESTS_AT_ONCE + 1})
      OR touches.id = (SELECT id FROM touches WHERE lead_id = ${leadId} AND need_id = (SELECT need_id FROM leads WHERE id = ${leadId})
               ORDER BY occurred_at, id LIMIT 1))
    ORDER BY occurred_at, touches.id`;
}

/**
 * In one statement, as every turn asks both. A pause that is read is locked until the turn ends: whoever lifts it waits, and then finds
 * every lead that stopped for it.
 */
async function readNeedAndPauses(tx: Tx, leadId: string): Promise<Pick<Picture, 'need' | 'pauses'>> {
  const [row] = await tx.$queryRaw<(Need & { pauseScopes: string[] })[]>`
    SELECT ${columnsOf('needs')}, p.scopes AS "pauseScopes"
    FROM (SELECT coalesce(array_agg(scope), '{}') AS scopes FROM (SELECT scope FROM pauses FOR KEY SHARE) held) p
    LEFT JOIN needs ON needs.id = (SELECT need_id FROM leads WHERE id = ${leadId})`;
  if (row === undefined) return { need: null, pauses: [] };
  const { pauseScopes: pauses, ...need } = row;
  // The join is an outer one: without a need its columns are null.
  return { need: (need.id as string | null) === null ? null : need, pauses };
}

type Enrollments = Pick<Picture, 'enrollment' | 'reminders' | 'suspended'>;
/** New lists each time: a turn adds to those of its lead. */
function noEnrollments(): Enrollments {
  return { enrollment: null, reminders: [], suspended: [] };
}

/** Every enrollment that performs steps. */
export function runningOf({ enrollment, reminders }: Pick<Picture, 'enrollment' | 'reminders'>): ActiveEnrollment[] {
  return enrollment === null ? reminders : [enrollment, ...reminders];
}

async function readEnrollments(db: Db, tx: Tx, leadId: string): Promise<Enrollments> {
  const rows = await tx.$queryRaw<Enrollment[]>`
    SELECT ${columnsOf('enrollments')} FROM enrollments WHERE lead_id = ${leadId} AND ended_at IS NULL
    ORDER BY suspended_at DESC NULLS LAST, id`;
  const enrollments: ActiveEnrollment[] = [];
  for (const row of rows) enrollments.push(pinned(row, await readRevision(db, tx, row.revisionId)));
  const active = enrollments.filter(({ status }) => status === 'active');
  return {
    enrollment: active.find(({ kind }) => kind === 'main') ?? null,
    reminders: active.filter(({ kind }) => kind === 'reminder'),
    suspended: enrollments.filter(({ status }) => status === 'suspended'),
  };
}

/** The latest by the database's clock: after its process was terminated, a forwarded lead may continue hours earlier, in real time. */
async function readAssignment(tx: Tx, needId: string): Promise<Assignment | null> {
  const [assignment] = await tx.$queryRaw<Assignment[]>`
    SELECT ${columnsOf('assignments')} FROM assignments WHERE need_id = ${needId}
    ORDER BY created_at DESC, id DESC LIMIT 1`;
  return assignment ?? null;
}

/** An enrollment row with its revision. */
export function pinned(enrollment: Enrollment, revision: ReadRevision): ActiveEnrollment {
  return { ...enrollment, revision, cadenceAsPinned: revision.definition };
}

/** The transaction of a turn; the lead's lock is held to its end. */
export function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.$transaction(work, { timeout: DATABASE.turn, maxWait: DATABASE.connection });
}
