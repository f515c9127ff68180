import { claim } from '../effects/claim.ts';
import type { Assignment } from '../store/generated/client.ts';
import { lockRep } from '../store/process/reps.ts';
import { hasReplyText } from '../store/process/reply-text.ts';
import { untellTasksToldWith, untoldStep } from '../store/process/tasks.ts';
import { alertRep } from './alert.ts';
import { changeAssignment, findTeam, idleClock, inTimeOf } from './assignment.ts';
import { recycle } from './need.ts';
import { waitForPerson } from './offer.ts';
import { reminderSettler } from './tell-rep.ts';
import type { Turn } from './turn.ts';

/** What becomes due while a rep has the lead. */
interface Clock {
  /** Null: it does not run. */
  at: Date | null;
  /** For the summary of the timer: "Wait until … for …". */
  what: string;
  due(turn: Turn, assignment: Assignment): Promise<void> | void;
}

/** A mail about a next step that SMTP refused for now is tried again after this. */
const TELL_AGAIN_AFTER_MS = 15 * 60_000;
/** The template of the mail that tells a rep of tasks. Without it the list of tasks alone shows them. */
const TEMPLATE = 'rep-task';
/** That of the mail that tells a rep of an answer. Without it the lead's page and the list of what waits show it. */
const REPLY_TEMPLATE = 'rep-reply';
/** That of the mail about a first contact that is late. Without it the list of what waits shows it. */
const LATE_TEMPLATE = 'rep-late';

/** The clocks of a lead that a rep has accepted. Each does what is due once. */
export function clocksOf(turn: Turn): Clock[] {
  const { assignment } = turn.picture;
  if (assignment === null || assignment.status !== 'accepted') return [];
  const { firstContactAt, contactLateAt, contactDueAt, answerDueAt, answerLateAt, stuckAt, tellReplyAt } = assignment;
  const team = findTeam(turn, assignment.team);
  const isNewReply = assignment.repliedAt !== null && answerDueAt === null && team?.sla.answer !== undefined;
  return [
    { at: isTriedEnough(turn, assignment) ? turn.at : null, what: 'to send it back: it was not reached', due: giveUp },
    { at: isNewReply ? turn.at : null, what: 'to note the reply', due: startAnswer },
    {
      at: turn.rules.templates.has(REPLY_TEMPLATE) ? tellReplyAt : null,
      what: 'to tell of the reply',
      due: tellOfReply,
    },
    {
      at: firstContactAt === null && contactLateAt === null ? contactDueAt : null,
      what: 'for the first contact',
      due: remindOfContact,
    },
    {
      at: answerLateAt === null ? answerDueAt : null,
      what: 'for the answer',
      due: (now, one) => pointOut(now, one, 'answer'),
    },
    { at: assignment.tellStepAt, what: 'to remind the rep of the next step', due: remindOfStep },
    {
      at: stuckAt === null ? assignment.idleAt : null,
      what: 'for a sign of activity',
      due: (now, one) => pointOut(now, one, 'silence'),
    },
    { at: stuckAt === null ? null : assignment.takeBackAt, what: 'to take it back', due: takeBack },
  ];
}

/** Does what is due first, one thing a turn: it may end the hand-off. */
export async function lookAfter(turn: Turn): Promise<void> {
  const { assignment } = turn.picture;
  if (assignment === null || assignment.status !== 'accepted') return;
  await restartIdleClock(turn, assignment);
  const due = clocksOf(turn).find(({ at }) => at !== null && at <= turn.at);
  await due?.due(turn, assignment);
}

/** Silence is counted from what the rep did last, or plans to do. */
async function restartIdleClock(turn: Turn, assignment: Assignment): Promise<void> {
  const { lastActivityAt, decidedAt, nextStepAt, snoozedUntil, idleFrom } = assignment;
  const from = Math.max(
    (lastActivityAt ?? decidedAt)?.getTime() ?? 0,
    nextStepAt?.getTime() ?? 0,
    snoozedUntil?.getTime() ?? 0,
  );
  if (findTeam(turn, assignment.team)?.idle === undefined || idleFrom?.getTime() === from) return;
  changeAssignment(turn, assignment, await idleClock(turn, assignment, new Date(from)));
}

async function startAnswer(turn: Turn, assignment: Assignment): Promise<void> {
  const team = findTeam(turn, assignment.team);
  if (team?.sla.answer === undefined) return;
  const from = assignment.repliedAt ?? turn.at;
  changeAssignment(turn, assignment, {
    answerDueAt: await inTimeOf(turn, team, assignment.repId, from, team.sla.answer),
  });
}

/** The first contact is late: it stands out, and the rep is reminded once. */
async function remindOfContact(turn: Turn, assignment: Assignment): Promise<void> {
  pointOut(turn, assignment, 'contact');
  if (!turn.rules.templates.has(LATE_TEMPLATE)) return;
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: assignment.repId } });
  await alertRep(turn, {
    template: LATE_TEMPLATE,
    key: `assignment:${assignment.id}:late-contact`,
    assignment,
    rep,
    settler: reminderSettler(assignment.id),
  });
}

function pointOut(turn: Turn, assignment: Assignment, what: 'contact' | 'answer' | 'silence'): void {
  // Late since it was due, however much later the process came to it: lists say so before it did, and managers are told once.
  const late = {
    contact: { contactLateAt: assignment.contactDueAt },
    answer: { answerLateAt: assignment.answerDueAt },
    silence: { stuckAt: turn.at },
  };
  changeAssignment(turn, assignment, late[what]);
  turn.note({ action: 'assignment.late', data: { assignmentId: assignment.id, repId: assignment.repId, what } });
}

function takeBack(turn: Turn, assignment: Assignment): void {
  const { id: assignmentId, repId } = assignment;
  changeAssignment(turn, assignment, { status: 'expired', reason: 'no-activity', takeBackAt: null });
  turn.note({ action: 'assignment.taken-back', data: { assignmentId, repId } });
  turn.changeNeed({ ownerId: null });
  waitForPerson(
    turn,
    `Nothing happened with it for long, so it was taken back from ${repId}: a manager decides who gets it.`,
  );
}

function isTriedEnough(turn: Turn, { team: key, attempts }: Assignment): boolean {
  const limit = findTeam(turn, key)?.attempts;
  if (limit === undefined || attempts < limit.most || (turn.stage !== 'accepted' && turn.stage !== 'qualifying'))
    return false;
  return followOf(turn, limit.reason) !== null;
}

function followOf(turn: Turn, key: string) {
  const follow = turn.playbook.reasons.find(({ reason }) => reason === key)?.follow;
  return follow?.kind === 'recycle' ? follow : null;
}

/** So many attempts without an answer: the lead goes back to the nurture pool, and comes back to the rep when it is ready. */
async function giveUp(turn: Turn, assignment: Assignment): Promise<void> {
  const { reason = '' } = findTeam(turn, assignment.team)?.attempts ?? {};
  const follow = followOf(turn, reason);
  if (follow === null) return;
  const { id: assignmentId, repId } = assignment;
  changeAssignment(turn, assignment, { status: 'rejected', decidedAt: turn.at, decidedBy: 'system', reason });
  turn.note({
    action: 'assignment.rejected',
    data: { assignmentId, repId, reason, follow: follow.kind, playbook: turn.rules.revision },
  });
  turn.changeNeed({ ownerId: repId });
  await recycle(turn, follow, reason);
}

/** A notice with a link: what the lead wrote stands on its page, if it came as a mail to us, and in no mail of ours. */
async function tellOfReply(turn: Turn, assignment: Assignment): Promise<void> {
  const repliedAt = assignment.tellReplyAt ?? turn.at;
  changeAssignment(turn, assignment, { tellReplyAt: null });
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: assignment.repId } });
  await alertRep(turn, {
    template: REPLY_TEMPLATE,
    key: `assignment:${assignment.id}:reply:${repliedAt.getTime()}`,
    assignment,
    rep,
    reply: { hasText: await hasReplyText(turn.tx, turn.lead.id, assignment.repliedAt ?? repliedAt) },
    settler: {
      canRepeat: () => true,
      settled: (settling, { status }) => {
        const { assignment: now } = settling.picture;
        if (status !== 'released' || now?.id !== assignment.id) return;
        changeAssignment(settling, now, { tellReplyAt: new Date(settling.atMs + TELL_AGAIN_AFTER_MS) });
      },
    },
  });
}

/** Mails the rep what is planned for now, in one mail with the rep's other tasks. */
async function remindOfStep(turn: Turn, assignment: Assignment): Promise<void> {
  changeAssignment(turn, assignment, { tellStepAt: null });
  const template = turn.rules.templates.get(TEMPLATE);
  const rep = template === undefined ? null : await lockRep(turn.tx, assignment.repId);
  // The process of another lead, which had the rep's lock before, may have told of it.
  const taskId = await untoldStep(turn.tx, turn.lead.id);
  if (template === undefined || rep === null || taskId === null) return;
  const zone = rep.timeZone ?? turn.playbook.defaultTimeZone;
  const intent = { key: `task:${taskId}:reminder`, audience: 'rep' as const, assignmentId: assignment.id };
  turn.claimed = await claim(turn, intent, {
    channel: 'task',
    draft: { template, rep, zone },
    settler: {
      canRepeat: () => false,
      settled: async (settling, { status }) => {
        const { assignment: now } = settling.picture;
        if (status !== 'released' || now?.id !== assignment.id) return;
        await untellTasksToldWith(settling.tx, taskId);
        changeAssignment(settling, now, { tellStepAt: new Date(settling.atMs + TELL_AGAIN_AFTER_MS) });
      },
    },
  });
}
