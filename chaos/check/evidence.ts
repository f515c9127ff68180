/** Reads everything that the invariants check, as an outsider can: SQL in one snapshot, Temporal, the mail server's record. */
import type { Client } from '@temporalio/client';
import pg from 'pg';
import type { BroadcastTrial } from '../../src/domain/broadcast-trial.ts';
import type { BroadcastVariant } from '../../src/domain/broadcast.ts';
import type { Step } from '../../src/domain/cadence.ts';
import type { Standing } from '../../src/domain/standing.ts';
import { STATE_QUERY } from '../../src/workflows/messages.ts';
import type { HookRecord } from '../hook-record.ts';
import { type MailRecord, readMails } from '../mail-record.ts';
import type { Fault, Plan } from '../plan.ts';
import type { Answered } from '../record.ts';
import type { Deployments } from '../faults/deployments.ts';
import type { ChaosStack } from '../stack.ts';
import type { RunRecord } from './runs.ts';

export interface LeadRow {
  id: string;
  email: string;
  stage: string;
  needId: string | null;
  ownerId: string | null;
  score: number;
  scoreAt: Date;
  clockOffsetMs: number;
  clockMovingSince: Date | null;
  nextDueAt: Date | null;
  nextSummary: string | null;
  pausedAt: Date | null;
  heldAt: Date | null;
  heldReason: string | null;
}
export interface NeedRow {
  id: string;
  leadId: string;
  stage: string;
  ownerId: string | null;
  waitingBecause: string | null;
  closedAt: Date | null;
}
export interface EventRow {
  id: string;
  leadId: string;
  type: string;
  machine: boolean;
  /** It may be a scanner's by what is around it: soon after delivery a person cannot be told from one. */
  doubtful?: boolean;
  occurredAt: Date;
  recordedAt: Date;
  /** For an open or click: the mail, and the target of the click. */
  sendId: string | null;
  url: string | null;
}
export interface LedgerRow {
  id: number;
  leadId: string;
  eventId: string | null;
  rule: string;
  points: number;
  before: number;
  after: number;
  occurredAt: Date;
  /** It gave points for what turned out to be a machine's, or takes them back. */
  takenBack?: boolean;
}
export interface EnrollmentRow {
  id: string;
  leadId: string;
  cadence: string;
  /** `main`, or `reminder`: one that runs beside the lead's cadence, in every stage. */
  kind: string;
  status: string;
  stepId: string | null;
  pass: number;
  endReason: string | null;
  /** Number of the revision of its cadence. */
  revision: number;
  steps: Step[];
}
export interface SendRow {
  id: string;
  key: string;
  leadId: string;
  enrollmentId: string | null;
  broadcastId: string | null;
  /** Of a broadcast. */
  variant: string | null;
  stepId: string | null;
  channel: string;
  status: string;
  reason: string | null;
  audience: string;
  recordedAt: Date;
  /** When the outcome was written, by the database's clock; unknown for a mail to a rep. */
  settledAt: Date | null;
  /** On the lead's clock, as `occurredAt` of events is. */
  claimedAt: Date;
  sentAt: Date | null;
}
export interface BroadcastRow {
  id: string;
  key: string;
  newsletter: string | null;
  status: string;
  total: number | null;
  isGathered: boolean;
  error: string | null;
  variants: readonly BroadcastVariant[];
  trial: BroadcastTrial | null;
  winner: string | null;
}
/** A lead of a broadcast. */
export interface RecipientRow {
  broadcastId: string;
  leadId: string;
  /** 1: it waits until it is known what wins. */
  wave: number;
  dueAt: Date;
}
export interface AssignmentRow {
  id: string;
  leadId: string;
  needId: string;
  repId: string;
  rule: string;
  status: string;
  closedAt: Date | null;
  /** When its transaction began: it may have waited for the rep since. */
  createdAt: Date;
  /** When its id was made: the reps were read by then. */
  madeAt: Date;
}
/** An alert to a rep. */
export interface AlertRow {
  /** The key of the mail of its own that it is, or would have been. */
  key: string;
  assignmentId: string;
  held: boolean;
  /** Of a held one: the mail that told of it with others. */
  mailId: string | null;
}
export interface TaskRow {
  id: string;
  enrollmentId: string | null;
  stepId: string | null;
  status: string;
  /** The send that told the rep. */
  toldBy: string | null;
}
export interface AuditRow {
  leadId: string;
  action: string;
  data: { [name: string]: string };
}

export interface Rows {
  at: Date;
  leads: LeadRow[];
  needs: NeedRow[];
  touches: { leadId: string; campaign: string; handledAt: Date | null }[];
  events: EventRow[];
  ledger: LedgerRow[];
  enrollments: EnrollmentRow[];
  sends: SendRow[];
  /** Mails to people of ours, of many leads: what waits for managers, and reports. */
  managerMails: { id: string; status: string }[];
  suppressions: { email: string }[];
  /** In the order in which they were given. */
  consents: { leadId: string; granted: boolean }[];
  assignments: AssignmentRow[];
  /** Leads of hand-overs of several, and the key of the mail that told their rep of them together. */
  gathered: { leadId: string; assignmentId: string; toldBy: string }[];
  alerts: AlertRow[];
  /** Of hand-offs, what another program is still to be told. */
  owedHooks: { key: string }[];
  reps: { id: string; key: string }[];
  /** Opens and clicks that are not events yet. */
  tracked: { id: string }[];
  outbox: { id: string; leadId: string; reason: string; deliveredAt: Date | null; lastError: string | null }[];
  commands: { id: string; leadId: string; kind: string; ok: boolean }[];
  audit: AuditRow[];
  findings: { leadId: string; kind: string; count: number; resolved: boolean }[];
  tasks: TaskRow[];
  broadcasts: BroadcastRow[];
  /** To whom they have still to come. */
  recipients: RecipientRow[];
  /** Leads that were there for certain when a broadcast began. */
  audience: { broadcastId: string; leadId: string }[];
  bulkRuns: { id: string; kind: string; status: string; done: number; total: number; error: string | null }[];
}

export interface ProcessState {
  status: 'RUNNING' | 'ENDED' | 'TERMINATED' | 'NONE';
  /** The answer of the process's query `state`; undefined when it does not run or does not answer. */
  standing: Standing | undefined;
  error: string | undefined;
}

export interface Evidence extends Rows {
  plan: Plan;
  mails: MailRecord[];
  /** The calls of webhooks. */
  hooks: readonly HookRecord[];
  answers: readonly Answered[];
  unexpected: readonly string[];
  /** Processes that ended by themselves, although chaos did not kill them. */
  deaths: readonly string[];
  processes: ReadonlyMap<string, ProcessState>;
  /** Every run of every process. */
  runs: readonly RunRecord[];
  /** What kept the stack from becoming quiet in time; empty when it became quiet. */
  restless: readonly string[];
  /** The faults of the plan that hit their target. */
  struck: readonly Fault[];
  /** The deployed versions of the workflow, in order, and the leads that a defect had stopped. */
  deploys: Deployments['done'];
  wedged: Deployments['wedged'];
  halfLifeMs: number;
  /** Points of an event, by type. */
  points: ReadonlyMap<string, number>;
  /** The points and the event type of each rule. */
  rules: ReadonlyMap<string, { event: string; points: number }>;
}

/** An event's id as chaos gave it, without the source before it. */
function givenId(column: string): string {
  return `regexp_replace(${column}, '^[^:]*:', '')`;
}

const QUERIES: { [Table in keyof Omit<Rows, 'at'>]: string } = {
  leads: `SELECT id, email, stage, need_id AS "needId", owner_id AS "ownerId", score, score_at AS "scoreAt", clock_offset_ms::float8 AS "clockOffsetMs",
    clock_moving_since AS "clockMovingSince", next_due_at AS "nextDueAt", next_summary AS "nextSummary", paused_at AS "pausedAt",
    held_at AS "heldAt", held_reason AS "heldReason" FROM leads ORDER BY id`,
  needs: `SELECT id, lead_id AS "leadId", stage, owner_id AS "ownerId", waiting_because AS "waitingBecause", closed_at AS "closedAt" FROM needs`,
  touches: `SELECT lead_id AS "leadId", campaign, handled_at AS "handledAt" FROM touches`,
  events: `SELECT ${givenId('id')} AS id, lead_id AS "leadId", type, machine, occurred_at AS "occurredAt", recorded_at AS "recordedAt", send_id AS "sendId", properties->>'url' AS url, coalesce(properties->>'verdict' = 'suspect' OR properties->'reasons' ? 'several-people', false) AS doubtful FROM events`,
  ledger: `SELECT id::float8 AS id, lead_id AS "leadId", ${givenId('event_id')} AS "eventId", rule, points, before, after, occurred_at AS "occurredAt", coalesce(starts_with(replaced_by, 'verdict:'), false) AS "takenBack" FROM score_ledger ORDER BY id`,
  enrollments: `SELECT e.id, e.lead_id AS "leadId", e.cadence, e.kind::text, e.status::text, e.step_id AS "stepId", e.pass, e.end_reason AS "endReason", r.number AS revision,
    r.definition->'steps' AS steps FROM enrollments e JOIN cadence_revisions r ON r.id = e.revision_id`,
  sends: `SELECT id, key, lead_id AS "leadId", enrollment_id AS "enrollmentId", broadcast_id AS "broadcastId", variant, step_id AS "stepId", channel, status::text, reason, audience, recorded_at AS "recordedAt", occurred_at AS "claimedAt", sent_at AS "sentAt",
    (SELECT max(a.recorded_at) FROM audit a WHERE a.lead_id = s.lead_id AND a.action = 'step.performed'
      AND a.data->>'enrollmentId' = s.enrollment_id AND a.data->>'stepId' = s.step_id) AS "settledAt" FROM sends s`,
  managerMails: `SELECT id, status::text FROM manager_mails UNION ALL SELECT id, status::text FROM report_mails
    UNION ALL SELECT id, status::text FROM rep_mails`,
  suppressions: `SELECT email FROM suppressions`,
  consents: `SELECT lead_id AS "leadId", granted FROM consents WHERE topic = 'marketing' AND NOT unconfirmed ORDER BY occurred_at, id`,
  assignments: `SELECT id, lead_id AS "leadId", need_id AS "needId", rep_id AS "repId", rule, status::text, closed_at AS "closedAt", created_at AS "createdAt", to_timestamp(('x' || substr(id, 5, 12))::bit(48)::bigint / 1000.0) AS "madeAt" FROM assignments`,
  gathered: `SELECT lead_id AS "leadId", assignment_id AS "assignmentId", told_by AS "toldBy" FROM hand_over_leads WHERE assignment_id IS NOT NULL AND told_by IS NOT NULL`,
  alerts: `SELECT key, assignment_id AS "assignmentId", held, mail_id AS "mailId" FROM rep_alerts ORDER BY key`,
  owedHooks: `SELECT key FROM hand_off_hooks ORDER BY key`,
  reps: `SELECT id, key FROM reps`,
  tracked: `SELECT id FROM tracked`,
  outbox: `SELECT id, lead_id AS "leadId", reason, delivered_at AS "deliveredAt", last_error AS "lastError" FROM outbox`,
  commands: `SELECT id, lead_id AS "leadId", kind, (verdict->>'ok')::boolean AS ok FROM commands`,
  // An id is made under the lock by which things are done in turn. `recorded_at` is the begin of a transaction, which may have waited for that lock.
  audit: `SELECT lead_id AS "leadId", action, data FROM audit WHERE lead_id IS NOT NULL ORDER BY id`,
  findings: `SELECT lead_id AS "leadId", kind, count, resolved_at IS NOT NULL AS resolved FROM findings`,
  tasks: `SELECT id, enrollment_id AS "enrollmentId", step_id AS "stepId", status::text, told_by AS "toldBy" FROM tasks`,
  broadcasts: `SELECT id, key, newsletter, status, total, gathered_at IS NOT NULL AS "isGathered", error, variants, trial, winner FROM broadcasts WHERE started_at IS NOT NULL`,
  recipients: `SELECT r.broadcast_id AS "broadcastId", r.lead_id AS "leadId", r.wave, r.due_at AS "dueAt" FROM broadcast_recipients r`,
  // A transaction lasts so long at most: whoever came in before it is there when the broadcast begins.
  audience: `SELECT b.id AS "broadcastId", l.id AS "leadId" FROM broadcasts b JOIN leads l ON l.created_at < b.started_at - interval '20 seconds'`,
  bulkRuns: `SELECT id, kind, status, done, total, error FROM bulk_runs`,
};

/** All tables at one instant. */
export async function readRows(databaseUrl: string): Promise<Rows> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'chaos' });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const rows: { [table: string]: unknown[] } = {};
    for (const [table, sql] of Object.entries(QUERIES)) rows[table] = (await client.query(sql)).rows;
    const { rows: now } = await client.query<{ at: Date }>('SELECT now() AS at');
    return { ...(rows as unknown as Omit<Rows, 'at'>), at: now[0]?.at ?? new Date() };
  } finally {
    await client.end();
  }
}

const QUERIES_AT_ONCE = 8;

/** Asks Temporal about every lead by its id, because its lists lag behind. */
export async function readProcesses(client: Client, leadIds: readonly string[]): Promise<Map<string, ProcessState>> {
  const states = new Map<string, ProcessState>();
  let next = 0;
  await Promise.all(
    Array.from({ length: QUERIES_AT_ONCE }, async () => {
      while (next < leadIds.length) {
        const id = leadIds[next] ?? '';
        next += 1;
        states.set(id, await stateOf(client, id));
      }
    }),
  );
  return states;
}

async function stateOf(client: Client, leadId: string): Promise<ProcessState> {
  const handle = client.workflow.getHandle(leadId);
  const description = await handle.describe().catch(() => undefined);
  if (description === undefined) return { status: 'NONE', standing: undefined, error: undefined };
  const { name } = description.status;
  if (name !== 'RUNNING') {
    return { status: name === 'TERMINATED' ? name : 'ENDED', standing: undefined, error: undefined };
  }
  try {
    const standing = await client.withDeadline(Date.now() + 15_000, () => handle.query<Standing>(STATE_QUERY));
    return { status: 'RUNNING', standing, error: undefined };
  } catch (error) {
    return { status: 'RUNNING', standing: undefined, error: error instanceof Error ? error.message : String(error) };
  }
}

export function readSink(stack: Pick<ChaosStack, 'mails'>): MailRecord[] {
  return readMails(stack.mails);
}
