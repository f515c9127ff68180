import type { ProfileChange } from './profile-words.ts';

/**
 * What audit rows record: the timeline's own entries. Ids, keys and codes; a text of a person is stored elsewhere by id,
 * but for what a person of ours corrected in a profile (`changes`): the row is deleted with its lead.
 * `playbook`: number of the playbook revision that it was decided by; rows from before there were any have none.
 */
export interface AuditData {
  'lead.created': { touchId: string; how: string };
  /** `notTaken`: fields that a public form, or a rep whose lead it is not, stated otherwise than they are known; the touch has what it stated. `verified`: they stay as a person of ours said them. `changes`: what a person of ours made of each field. */
  'lead.updated': {
    touchId?: string;
    fields: string[];
    notTaken?: string[];
    verified?: boolean;
    changes?: ProfileChange[];
  };
  'send.dismissed': { sendId: string };
  'send.resent': { sendId: string };
  /** The address of the lead must not be mailed. `list`: a line of a list that was imported. `note`: why, by a person of ours. */
  'suppression.added': { reason: string; list?: true; note?: string };
  /** `note`: what proves that the person wants mail again. */
  'suppression.lifted': { reason: string; note?: string };
  'consent.confirmed': { consentId: string };
  /** By the person, on the preference page that a message led to. `fields`: what it chose, in words without personal data. */
  'mail.chosen': { fields: string[]; sendId: string };
  'lead.unsubscribed': { source: string; sendId?: string };
  /** Of nobody: that somebody was erased is all that stays. */
  'lead.erased': Record<string, never>;
  /** Of no lead. `author`: who did it from the command line. */
  'rep.activated': { repId: string; author?: string };
  /** A mail to a rep that was in doubt: the list of the day, or gathered alerts. */
  'rep-mail.resent': { mailId: string; repId: string };
  'rep-mail.dismissed': { mailId: string; repId: string };
  'rep.deactivated': { repId: string; author?: string };
  /** `fields`: what was changed, as the API names it. */
  'rep.changed': { repId: string; fields: string[]; author?: string };
  /** Of no lead. `fields`: what was changed. */
  'user.invited': { userId: string; role: string; author?: string };
  'user.changed': { userId: string; fields: string[]; author?: string };
  'lead.graded': { from: string; to: string; points: number };
  /** A bulk run made score and grade anew. `marked`: it is ready now, and was not handed over by that. */
  'lead.rescored': {
    runId: string;
    from: number;
    to: number;
    gradeFrom: string;
    gradeTo: string;
    marked: boolean;
  };
  /** By a person. `facts`: of the need, as columns; `grade` null: the rules give it again; `until`: how long it outranks the rules, ISO 8601. */
  'lead.assessed': {
    facts: string[];
    grade?: string | null;
    points?: number;
    noteId?: string;
    until: string;
    /** Of the form that said it, where a repeat of it is to count once. */
    commandId?: string;
  };
  /** `people`: the leads of its account that made it ready together, itself among them. */
  'lead.qualified': { by: string; because: string; playbook?: number; people?: string[] };
  'need.opened': { needId: string; because: string };
  /** Nobody had said the product line: the lead's score speaks for it. */
  'need.line-filled': { needId: string; productLine: string; score: number };
  'need.closed': { needId: string; stage: string; reason?: string };
  'stage.changed': { from: string; to: string; because: string };
  'request.added': { touchId: string; needId: string };
  'request.recorded': { touchId: string; because: string };
  /** `by`: what answers it, form:KEY or cadence:KEY. */
  'answer.owed': { touchId: string; template: string; by: string };
  'enrollment.started': {
    enrollmentId: string;
    cadence: string;
    revision: number;
    via: string;
    because: string;
    key?: string;
  };
  /** `by`: the cadence that goes first. */
  'enrollment.suspended': { enrollmentId: string; cadence: string; by: string };
  /** A message waits: `because` is one of domain/pause-on.ts. */
  'enrollment.waits': { enrollmentId: string; cadence: string; stepId: string; because: string };
  'enrollment.resumed': { enrollmentId: string; cadence: string };
  /** A bulk run moved it to another revision of its cadence; `step` and `due` where it stands then. */
  'enrollment.moved': {
    enrollmentId: string;
    cadence: string;
    revision: number;
    runId: string;
    became: string;
    stepId?: string;
    due?: string;
  };
  'enrollment.ended': { enrollmentId: string; cadence: string; reason: string };
  'step.performed': { enrollmentId: string; cadence: string; stepId: string; kind: string; result: string };
  'task.given': { taskId: string; repId: string; by: string; dueAt: string };
  'task.closed': { taskId: string; repId: string; status: string; result?: string };
  /** A next step that was planned gave way to a newer plan; `dueAt`: when it had been due, ISO 8601. */
  'next-step.replaced': { taskId: string; repId: string; dueAt: string };
  /** The step, and those after it that are bound to the same date, were passed over. */
  'steps.skipped': { enrollmentId: string; cadence: string; stepId: string; because: string };
  /** `cap`: the cap that held its message back, in words; `until`: ISO 8601. */
  'step.capped': { enrollmentId: string; cadence: string; stepId: string; cap: string; until: string };
  'assignment.offered': { assignmentId: string; repId: string; team: string; rule: string; playbook?: number };
  /** For room, for the hours of the team, or for the routing to be mended; older entries have the team alone. */
  'assignment.waits': { team?: string; for?: string; why?: string };
  'assignment.unassignable': { because: string };
  'assignment.reminded': { assignmentId: string; repId: string };
  'assignment.expired': { assignmentId: string; repId: string };
  /** `what`: contact, answer, silence. */
  'assignment.late': { assignmentId: string; repId: string; what: string };
  /** Put off on its rep's desk. `until`: ISO 8601, on the lead's clock; null: it is put off no more. */
  'assignment.snoozed': { assignmentId: string; repId: string; until: string | null };
  'assignment.taken-back': { assignmentId: string; repId: string };
  'assignment.accepted': { assignmentId: string; repId: string };
  'assignment.rejected': {
    assignmentId: string;
    repId: string;
    reason: string;
    follow: string;
    noteId?: string;
    playbook?: number;
  };
  /** `qualifiedOn`: tele-sales has made the first contact, and the rules say who is next. */
  'assignment.rerouted': { assignmentId?: string; team?: string; repId?: string; qualifiedOn?: boolean };
  /** `needId`: an earlier need, whose sale went on. */
  'outcome.recorded': {
    result: string;
    needId?: string;
    valueMinor?: number;
    currency?: string;
    /** Nobody stated the value of the sale: the one that the need was expected to have counts. */
    isExpected?: boolean;
    funnelStage?: string;
    reason?: string;
  };
  /** A disqualified lead; `noteId`: why. */
  /** `repId`: the rep who has it again. */
  'lead.reopened': { noteId?: string; repId?: string };
  'lead.recycled': { cadence: string; coolOffUntil: string; score: string; recycleCount: number };
  'lead.paused': { reason?: string; noteId?: string };
  'lead.resumed': Record<string, never>;
  'lead.held': { reason: string };
  'lead.released': Record<string, never>;
  'lead.sunset': { because: string };
  /** A lead of the control group: the cadence that it would have been enrolled in. */
  'lead.kept-out': { cadence: string };
  /** All sending to leads, or a cadence. */
  'sending.paused': { scope: string; reason?: string };
  'sending.resumed': { scope: string; runId?: string };
  /** Of no lead: mails may go to a receiver that refused them. */
  'sending.receiver-lifted': { receiver: string; runId?: string };
  'bulk.started': { runId: string; kind: string; total: number };
  'bulk.changed': { runId: string; to: string };
  'broadcast.planned': { broadcastId: string; key: string };
  'broadcast.changed': { broadcastId: string; to: string };
  'newsletter.changed': { newsletter: string; to: string };
  /** A canary ended: nobody gets it, or everybody does. */
  'playbook.halted': { revision: number; because: string };
  'playbook.promoted': { revision: number };
  /** Of no lead: a campaign was written through the API, ended (by the file of a revision, where one is named), or told more of. */
  'campaign.written': { campaign: string };
  'campaign.ended': { campaign: string; revision?: number };
  'campaign.added': { campaign: string; what: string; writeId: string };
  'campaign.removed': { campaign: string; writeId: string };
  'process.rung': { reason: string };
  'clock.forwarded': { byMs: number };
}

export type AuditAction = keyof AuditData;

/** One audit entry to be written; `data` fits `action`. */
export type AuditEntry = { [A in AuditAction]: { action: A; data: AuditData[A] } }[AuditAction];
