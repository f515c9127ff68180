/** A small world in which every invariant holds, to be spoilt by the tests one thing at a time. */
import type { Evidence, LeadRow } from '../../chaos/check/evidence.ts';
import { messageId } from '../../src/effects/http/message-id.ts';
import { NOBODY } from '../../chaos/plan-batches.ts';

const AT = new Date('2026-03-02T12:00:00Z');
const BEFORE = new Date('2026-03-02T11:59:00Z');

const EMAIL = 'lead-0@chaos.example';
const PAGE = 'https://brookfield.example/plain';

/** Answers to a reader of the one mail. */
const FETCHED = { email: EMAIL, sendId: 'send-1', reader: 'person', attempts: 1 } as const;

const HOOK = {
  id: messageId('lead-1:enr-1:1:greet'),
  key: messageId('lead-1:enr-1:1:greet'),
  isSigned: true,
  leadId: 'lead-1',
  step: 'greet',
  handOff: null,
  data: '{"text":"Hello"}',
  answer: '200',
} as const;

/** What another program was told of a hand-off that is over. */
export const TOLD = {
  ...HOOK,
  id: messageId('hook:asg-0:offered'),
  key: messageId('hook:asg-0:offered'),
  at: BEFORE.getTime(),
  step: null,
  handOff: { assignmentId: 'asg-0', event: 'offered', what: null },
};

const RUN = {
  startedAt: BEFORE.getTime(),
  workedAt: BEFORE.getTime(),
  isChanged: false,
  failures: [],
  isStuck: false,
};

export function lead(more: Partial<LeadRow> = {}): LeadRow {
  return {
    id: 'lead-1',
    email: EMAIL,
    stage: 'dormant',
    needId: 'need-1',
    ownerId: null,
    score: 2,
    scoreAt: BEFORE,
    clockOffsetMs: 0,
    clockMovingSince: null,
    nextDueAt: null,
    nextSummary: 'Nothing left to send; listening',
    pausedAt: null,
    heldAt: null,
    heldReason: null,
    ...more,
  };
}

export function soundEvidence(): Evidence {
  const leadId = 'lead-1';
  return {
    at: AT,
    leads: [lead()],
    needs: [{ id: 'need-1', leadId, stage: 'dormant', ownerId: null, waitingBecause: null, closedAt: null }],
    touches: [{ leadId, campaign: 'first', handledAt: BEFORE }],
    events: [
      { id: 'event-1', type: 'page.viewed', sendId: null, url: null },
      { id: 'event-2', type: 'form.submitted', sendId: null, url: null },
      { id: 'event-3', type: 'email.opened', sendId: 'send-1', url: null },
      { id: 'event-4', type: 'email.clicked', sendId: 'send-1', url: PAGE },
    ].map((event) => ({ ...event, leadId, machine: false, occurredAt: BEFORE, recordedAt: BEFORE })),
    ledger: [{ id: 1, leadId, eventId: 'event-1', rule: 'viewed', points: 2, before: 0, after: 2, occurredAt: BEFORE }],
    enrollments: [
      {
        id: 'enr-1',
        leadId,
        cadence: 'drip',
        kind: 'main',
        status: 'completed',
        stepId: null,
        pass: 1,
        endReason: null,
        revision: 2,
        steps: [
          { id: 'one', kind: 'email' },
          { id: 'greet', kind: 'webhook' },
        ],
      },
    ],
    sends: [
      {
        id: 'send-1',
        key: 'lead-1:enr-1:1:one',
        leadId,
        enrollmentId: 'enr-1',
        broadcastId: null,
        variant: null,
        stepId: 'one',
        channel: 'email',
        status: 'sent',
        reason: null,
        audience: 'lead',
        recordedAt: BEFORE,
        settledAt: new Date(BEFORE.getTime() - 30_000),
        claimedAt: new Date(BEFORE.getTime() - 30_000),
        sentAt: new Date(BEFORE.getTime() - 30_000),
      },
      {
        id: 'send-of-webhook',
        key: 'lead-1:enr-1:1:greet',
        leadId,
        enrollmentId: 'enr-1',
        broadcastId: null,
        variant: null,
        stepId: 'greet',
        channel: 'webhook',
        status: 'sent',
        reason: null,
        audience: 'lead',
        recordedAt: BEFORE,
        settledAt: BEFORE,
        claimedAt: BEFORE,
        sentAt: BEFORE,
      },
      {
        id: 'send-of-hand-off',
        key: 'hook:asg-0:offered',
        leadId,
        enrollmentId: null,
        broadcastId: null,
        variant: null,
        stepId: null,
        channel: 'webhook',
        status: 'sent',
        reason: null,
        audience: 'rep',
        recordedAt: BEFORE,
        settledAt: null,
        claimedAt: BEFORE,
        sentAt: BEFORE,
      },
      {
        id: 'send-of-broadcast',
        key: 'broadcast:bcast-1:lead-1',
        leadId,
        enrollmentId: null,
        broadcastId: 'bcast-1',
        variant: 'a',
        stepId: null,
        channel: 'email',
        status: 'skipped',
        reason: 'already-got',
        audience: 'lead',
        recordedAt: BEFORE,
        settledAt: null,
        claimedAt: BEFORE,
        sentAt: null,
      },
    ],
    broadcasts: [
      {
        id: 'bcast-1',
        key: 'weekly:now',
        newsletter: 'weekly',
        status: 'done',
        total: 1,
        isGathered: true,
        error: null,
        variants: [{ key: 'a', template: 'gift', hash: 'h' }],
        trial: null,
        winner: null,
      },
    ],
    recipients: [],
    audience: [{ broadcastId: 'bcast-1', leadId }],
    managerMails: [{ id: 'mail-of-alerts', status: 'in_doubt' }],
    suppressions: [],
    consents: [{ leadId, granted: true }],
    assignments: [],
    gathered: [],
    alerts: [{ key: 'assignment:asg-0:reminder', assignmentId: 'asg-0', held: true, mailId: 'mail-of-alerts' }],
    owedHooks: [],
    reps: [{ id: 'rep-1', key: 'ada' }],
    outbox: [],
    tracked: [],
    commands: [],
    audit: [
      { leadId, action: 'assignment.offered', data: { assignmentId: 'asg-0', repId: 'rep-1' } },
      { leadId, action: 'enrollment.moved', data: { enrollmentId: 'enr-1', revision: '2', runId: 'run-a' } },
      {
        leadId,
        action: 'step.performed',
        data: { enrollmentId: 'enr-1', stepId: 'write', kind: 'task', result: 'given to ada' },
      },
      { leadId, action: 'stage.changed', data: { from: 'nurturing', to: 'dormant' } },
    ],
    findings: [],
    tasks: [{ id: 'task-1', enrollmentId: 'enr-1', stepId: 'write', status: 'open', toldBy: 'send-1' }],
    bulkRuns: [{ id: 'run-a', kind: 'migrate', status: 'done', done: 1, total: 1, error: null }],
    plan: {
      seed: 1,
      durationMs: 60_000,
      faults: [
        { atMs: 1_000, fault: { kind: 'kill', target: 'api-1' } },
        { atMs: 2_000, fault: { kind: 'kill', target: 'api-1' } },
        { atMs: 3_000, fault: { kind: 'smtp', trouble: '450', share: 0.4, forMs: 5_000 } },
      ],
      lives: [{ email: EMAIL, source: 'drip', isLate: false, acts: [] }],
      batches: [],
      managing: [],
      casting: [],
    },
    // The answer to the first call was lost.
    hooks: [...[0, 1].map((n) => ({ ...HOOK, at: BEFORE.getTime() + n })), TOLD],
    mails: [{ at: BEFORE.getTime(), to: EMAIL, sendId: 'send-1', fate: 'taken', answer: '250' }],
    answers: [
      { at: 1, email: EMAIL, act: 'submit', key: 'first', status: 201, leadId, attempts: 1 },
      {
        at: 2,
        email: EMAIL,
        act: 'event',
        key: 'event-1',
        status: 200,
        leadId,
        result: 'accepted',
        attempts: 1,
      },
      // A batch of two, the second about nobody.
      { at: 3, email: EMAIL, act: 'event', key: 'event-2', status: 200, leadId, result: 'accepted', attempts: 1 },
      { at: 3, email: NOBODY, act: 'event', key: 'event-n', status: 200, result: 'rejected', attempts: 1 },
      { at: 4, act: 'look', key: '/c/1', status: 302, result: PAGE, ...FETCHED },
      { at: 5, act: 'open', key: '/o/1.gif', status: 200, ...FETCHED },
      { at: 6, act: 'click', key: '/c/1', status: 302, result: PAGE, ...FETCHED },
    ],
    unexpected: [],
    deaths: [],
    processes: new Map([[leadId, { status: 'ENDED', standing: undefined, error: undefined }]]),
    runs: [
      { leadId, runId: 'run-1', ...RUN, startedAt: BEFORE.getTime() - 60_000 },
      { leadId, runId: 'run-2', ...RUN, isChanged: true },
    ],
    restless: [],
    struck: [{ kind: 'kill', target: 'api-1' }],
    deploys: [{ version: 'next', beganAt: BEFORE.getTime() - 5_000, doneAt: BEFORE.getTime() - 2_000 }],
    wedged: [{ leadId, lateMs: 5_000, findings: [] }],
    halfLifeMs: 2_592_000_000,
    points: new Map([['page.viewed', 2]]),
    rules: new Map([['viewed', { event: 'page.viewed', points: 2 }]]),
  };
}
