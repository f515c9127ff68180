/** What was changed or decided, as a line of the timeline. */
import { assessedInWords } from './assessed-words.ts';
import type { AuditData } from './audit.ts';
import { resultInWords } from './contact-results.ts';
import { CONTROL_GROUP_WORDS } from './control-group.ts';
import { countOf } from './count-of.ts';
import { decimalsOf } from './currency.ts';
import { eventsInWords } from './event-words.ts';
import { profileChangeInWords, profileFieldInWords } from './profile-words.ts';
import { outcomeInWords } from './reason-words.ts';
import { rescoredInWords } from './rescoring.ts';
import { reasonSentBack, sentBackInWords } from './sent-back.ts';
import { formatForPeople } from './schedule.ts';
import { shownScore } from './score-words.ts';
import type { Names, TimelineEntry } from './timeline-entry.ts';

type Change = Extract<TimelineEntry, { kind: 'change' }>;

function updateTitle(
  { fields, notTaken = [], verified = false, changes }: AuditData['lead.updated'],
  actor: string,
): string {
  const inWords = (names: readonly string[]): string => names.map(profileFieldInWords).join(', ');
  if (changes !== undefined)
    return `Profile corrected${byWhom(actor)}: ${changes.map(profileChangeInWords).join('; ')}`;
  const updated = fields.length === 0 ? 'Profile confirmed' : `Profile updated: ${inWords(fields)}`;
  if (notTaken.length === 0) return updated;
  const whose = actor.startsWith('rep-') ? `${actor}, whose lead it is not,` : 'a public form';
  const kept = verified
    ? `what a person of ours verified was kept: ${inWords(notTaken)}`
    : `different values from ${whose} were not taken: ${inWords(notTaken)}`;
  return fields.length === 0 ? `Profile unchanged; ${kept}` : `${updated}; ${kept}`;
}

/** @param actor Handle of the person, key or system that did it */
export function changeTitle(change: Change, actor: string, names: Names): string {
  const by = byWhom(actor);
  const plain = (text: string): string => eventsInWords(text, names.events ?? []);
  switch (change.action) {
    case 'lead.created':
      return `Lead came in by ${change.data.how}`;
    case 'lead.updated':
      return updateTitle(change.data, actor);
    case 'send.dismissed':
      return 'A message in doubt was looked at; nothing follows';
    case 'send.resent':
      return `A message in doubt is sent once more${by}`;
    case 'suppression.added':
      return `Suppressed${by}${change.data.list === true ? ', from a list' : ''}: ${SUPPRESSED[change.data.reason] ?? change.data.reason}${change.data.note === undefined ? '' : ` (${change.data.note})`}`;
    case 'suppression.lifted':
      return `No longer suppressed for ${change.data.reason}${by}${change.data.note === undefined ? '' : `: ${change.data.note}`}`;
    case 'consent.confirmed':
      return 'The person confirmed by mail that it wants our mail';
    case 'mail.chosen':
      return `The person chose what mail it gets: ${change.data.fields.join(', ')}`;
    case 'lead.unsubscribed':
      return `Unsubscribed (${LEFT_BY[change.data.source] ?? change.data.source})${by}`;
    case 'lead.erased':
      return 'Erased';
    case 'lead.graded':
      return `Fit grade ${change.data.from} → ${change.data.to} (${countOf(change.data.points, 'point')})`;
    case 'lead.rescored':
      return rescoredInWords(change.data);
    case 'lead.assessed':
      return `Assessed: ${assessedInWords(change.data)}${by}`;
    case 'lead.qualified':
      return `Qualified by ${plain(change.data.by)}: ${change.data.because}`;
    case 'need.opened':
      return `Need opened: ${plain(change.data.because)}`;
    case 'need.line-filled':
      return `The need is about ‘${change.data.productLine}’: what the lead did speaks for it (${countOf(shownScore(change.data.score), 'point')})`;
    case 'rep.activated':
      return `Rep switched on${by}`;
    case 'rep.deactivated':
      return `Rep switched off${by}`;
    case 'user.invited':
      return `A user was invited${by}`;
    case 'user.changed':
      return `Changed of a user${by}: ${change.data.fields.join(', ')}`;
    case 'rep.changed':
      return `Changed of a rep${by}: ${change.data.fields.join(', ')}`;
    case 'campaign.written':
      return `Campaign ‘${change.data.campaign}’ was written${by}`;
    case 'campaign.ended':
      return `Campaign ‘${change.data.campaign}’ was ended${by}`;
    case 'campaign.added':
      return `Added to campaign ‘${change.data.campaign}’${by}: ${change.data.what}`;
    case 'campaign.removed':
      return `Removed from campaign ‘${change.data.campaign}’${by}`;
    case 'assignment.waits':
      return change.data.why ?? `Waits until a rep of team ${change.data.team ?? 'unknown'} has room`;
    case 'need.closed':
      return `Need closed as ${change.data.stage}${by}${change.data.reason ? `: ${names.reason(change.data.reason)}` : ''}`;
    case 'stage.changed':
      return `Stage ${change.data.from} → ${change.data.to}: ${reasoned(plain(change.data.because), names)}`;
    case 'request.added':
      return 'Another request was added to the open need';
    case 'request.recorded':
      return `A request was recorded without further action: ${change.data.because}`;
    case 'answer.owed':
      return `The request is answered with ‘${change.data.template}’ (${change.data.by.replace(':', ' ')})`;
    case 'enrollment.started':
      return `Enrolled in ‘${change.data.cadence}’${about(change.data.key)} (revision ${change.data.revision}): ${reasoned(plain(change.data.because), names)}`;
    case 'enrollment.suspended':
      return `‘${change.data.cadence}’ stands still while ‘${change.data.by}’ runs`;
    case 'enrollment.waits':
      return `Step ‘${change.data.stepId}’ of ‘${change.data.cadence}’ waits: ${WAITS[change.data.because] ?? change.data.because}`;
    case 'enrollment.resumed':
      return `‘${change.data.cadence}’ goes on where it stood`;
    case 'enrollment.moved':
      return `Moved to revision ${change.data.revision} of ‘${change.data.cadence}’${placeWords(change.data)}`;
    case 'rep-mail.resent':
    case 'rep-mail.dismissed':
    case 'sending.paused':
    case 'sending.resumed':
    case 'sending.receiver-lifted':
    case 'bulk.started':
    case 'bulk.changed':
    case 'broadcast.planned':
    case 'broadcast.changed':
    case 'newsletter.changed':
    case 'playbook.halted':
    case 'playbook.promoted':
      // Of no lead.
      return `${change.action}${by}`;
    case 'enrollment.ended':
      return `Left ‘${change.data.cadence}’: ${plain(change.data.reason).replace(/^cancelled by/, 'ended by')}`;
    case 'steps.skipped':
      return `From step ‘${change.data.stepId}’ of ‘${change.data.cadence}’ on it is passed over, as ${change.data.because}`;
    case 'step.capped':
      return `Step ‘${change.data.stepId}’ waits: no more than ${change.data.cap}`;
    case 'step.performed':
      return `Step ‘${change.data.stepId}’ of ‘${change.data.cadence}’ (${change.data.kind}): ${change.data.result === 'cancelled' ? NOT_TO_BE_DONE : change.data.result}`;
    case 'task.given':
      return `${change.data.by === 'call' ? 'Call' : 'Message'} to be made by ${change.data.repId}, due ${dueInWords(change.data.dueAt, names)}`;
    case 'task.closed':
      return `Task ${change.data.status === 'done' ? 'done' : 'called off'}${forWhom(actor, change.data.repId)}${change.data.result === undefined ? '' : `: ${resultInWords(change.data.result)}`}`;
    case 'next-step.replaced':
      return `The step that was planned for ${dueInWords(change.data.dueAt, names)} gave way to a new one`;
    case 'assignment.offered':
      return `Offered to ${change.data.repId} (team ${change.data.team}, rule ‘${change.data.rule}’)`;
    case 'assignment.unassignable':
      return `There is no rep for the lead: ${change.data.because}`;
    case 'assignment.reminded':
      return `Reminded ${change.data.repId}`;
    case 'assignment.expired':
      return `${change.data.repId} did not decide in time`;
    case 'assignment.late':
      return `${LATE[change.data.what] ?? 'Late'} (${change.data.repId})`;
    case 'assignment.snoozed':
      return change.data.until === null
        ? `Put off no more${forWhom(actor, change.data.repId)}`
        : `Put off until ${dueInWords(change.data.until, names)}${forWhom(actor, change.data.repId)}`;
    case 'assignment.taken-back':
      return `Taken back from ${change.data.repId}: nothing happened for long`;
    case 'assignment.accepted':
      return `Accepted${forWhom(actor, change.data.repId)}`;
    case 'assignment.rejected':
      return `Rejected${forWhom(actor, change.data.repId)}: ${names.reason(change.data.reason)} (${FOLLOWS[change.data.follow] ?? change.data.follow})`;
    case 'assignment.rerouted':
      return `Rerouted${by} to ${change.data.repId ?? `team ${change.data.team ?? 'unknown'}`}`;
    case 'outcome.recorded':
      return `Outcome${by}: ${outcomeInWords(change.data.result)}${valueOf(change.data)}${change.data.isExpected === true ? ' (the expected value: no other was stated)' : ''}${change.data.reason ? ` (${names.reason(change.data.reason)})` : ''}`;
    case 'lead.reopened':
      return `Re-opened${by}${change.data.repId === undefined ? '' : `: ${change.data.repId} has it again`}`;
    case 'lead.recycled':
      return `Back to the nurture pool, into cadence ‘${change.data.cadence}’; it is not offered to sales before ${change.data.coolOffUntil.slice(0, 10)}`;
    case 'lead.paused':
      return `Paused${by}${change.data.reason ? `: ${change.data.reason}` : ''}`;
    case 'lead.resumed':
      return `Resumed${by}`;
    case 'lead.held':
      return `Held: ${change.data.reason}`;
    case 'lead.sunset':
      return `Sunset: ${change.data.because}`;
    case 'lead.kept-out':
      return `Not enrolled in ‘${change.data.cadence}’: ${CONTROL_GROUP_WORDS}`;
    case 'lead.released':
      return `Released${by}`;
    case 'process.rung':
      return `The process was rung: ${change.data.reason}`;
    case 'clock.forwarded':
      return `Fast-forwarded by ${timeInWords(change.data.byMs)}`;
  }
}

const SUPPRESSED: Readonly<Record<string, string>> = {
  'hard-bounce': 'mail to the address comes back',
  complaint: 'its reader reported a mail as spam',
  manual: 'the address is to get no mail',
  unsubscribed: 'its reader wants no mail',
};

/** By what a person unsubscribed; what is not listed says so itself. */
const LEFT_BY: Readonly<Record<string, string>> = {
  link: 'by the link in a mail',
  'one-click': 'by one click in the mail program',
  unsubscribe: 'by a mail to the address of List-Unsubscribe',
  complaint: 'by reporting a mail as spam',
  answer: 'by an answer to a mail',
  'preference page': 'on the preference page',
};

/** In the largest unit of which it is at least one: "1.5 days", "3 hours", "40 minutes". */
function timeInWords(ms: number): string {
  const tenths = (unit: number): number => Math.round((ms / unit) * 10) / 10;
  if (tenths(86_400_000) >= 1) return countOf(tenths(86_400_000), 'day');
  if (tenths(3_600_000) >= 1) return countOf(tenths(3_600_000), 'hour');
  return countOf(Math.max(1, Math.round(ms / 60_000)), 'minute');
}

/** Nobody called the task off: the lead left the cadence that asked for it. */
const NOT_TO_BE_DONE = 'nobody is to do it any more';

const FOLLOWS: Readonly<Record<string, string>> = {
  recycle: 'back to the nurture pool',
  reroute: 'to be given to another rep',
  'no-need': 'closed: there is no need',
  disqualify: 'disqualified',
};

/** "lost: Bought elsewhere" for "lost: bought-elsewhere", "Sent back as ‘Not my region’" for "Sent back as ‘wrong-region’". */
function reasoned(because: string, names: Pick<Names, 'reason'>): string {
  const sentBack = reasonSentBack(because);
  if (sentBack !== null) return sentBackInWords(names.reason(sentBack), null);
  return because.replace(
    /^([a-z][a-z -]*): ([a-z0-9-]+)(?=,|$)/,
    (_all, what: string, key: string) => `${what}: ${names.reason(key)}`,
  );
}

const LATE: Readonly<Record<string, string>> = {
  contact: 'No first contact in time',
  answer: 'No answer to the lead’s reply in time',
  silence: 'Nothing happens with the lead',
};

const WAITS: Readonly<Record<string, string>> = {
  reply: 'the lead has just answered a mail',
  bounce: 'a mail to the lead has just bounced',
  ticket: 'the lead has an open support ticket',
  'account-opportunity': 'a colleague at the same company has an open opportunity',
  absence: 'the person is out of office until then',
};

function about(key: string | undefined): string {
  return key === undefined ? '' : ` for ${key}`;
}

const MOVED: Readonly<Record<string, string>> = {
  'at-once': 'its new wait is over',
  'date-anew': 'it waits for another date, or another time before or after it',
  'next-step': 'its step is gone',
  ended: 'no step is left',
  restarted: 'it begins again',
  amended: 'the same steps, better words for the mails to come',
};

/** ": its step is gone; before step ‘offer’" */
function placeWords({ became, stepId }: AuditData['enrollment.moved']): string {
  const why = MOVED[became];
  return `${why === undefined ? '' : `: ${why}`}${stepId === undefined ? '' : `; before step ‘${stepId}’`}`;
}

/** ", 12,500.00 EUR". */
function valueOf({ valueMinor, currency }: { valueMinor?: number; currency?: string }): string {
  if (valueMinor === undefined || currency === undefined) return '';
  const decimals = decimalsOf(currency);
  const amount = new Intl.NumberFormat('en', { minimumFractionDigits: decimals }).format(valueMinor / 10 ** decimals);
  return `, ${amount} ${currency}`;
}

function dueInWords(at: string, { zone, nowMs }: Names): string {
  if (zone === undefined || nowMs === undefined) return `${at.slice(0, 16).replace('T', ' ')} UTC`;
  return formatForPeople(Date.parse(at), zone, nowMs);
}

/** Empty when the lead or the engine is the actor. */
function byWhom(actor: string): string {
  return isPerson(actor) ? ` by ${actor}` : '';
}

/** ` by` the rep, or ` for` the rep by the person who decided on behalf of the rep. */
function forWhom(actor: string, repId: string): string {
  return actor === repId ? ` by ${repId}` : ` for ${repId}${byWhom(actor)}`;
}

function isPerson(actor: string): boolean {
  return actor !== 'system' && actor !== 'lead';
}
