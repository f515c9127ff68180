import type { Step } from '../domain/cadence.ts';
import { AppError, isAppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { following } from '../domain/next-step.ts';
import { stripAddresses } from '../domain/redact.ts';
import { alignToWindow, holidaysOf } from '../domain/schedule.ts';
import { isInNurturePool } from '../domain/stage.ts';
import { parseTemplate, type TemplateSource } from '../email/template-source.ts';
import type { SendOutcome } from '../email/transport.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { doubt, findSend, templateByHash, writeSend } from '../store/process/sends.ts';
import { runOut } from './enrollment.ts';
import { claim, personOf, settle } from './deliver.ts';
import type { Delivery, Purpose } from './delivery.ts';
import { goTo, performed, putOff } from './position.ts';
import type { Turn } from './turn.ts';

type EmailStep = Extract<Step, { kind: 'email' }>;

/** Waits between attempts of a step that SMTP put off, in minutes; after the last the lead is held. */
const TRY_AGAIN_AFTER = [1, 5, 15, 60, 240, 480, 960] as const;

/**
 * Prepares the email of a due step: claims its send, or passes it over with the reason on record. Answers whether the lead
 * has moved on (false: put off to the next window). The lead's lock is held and its stage was read under it, so that no drip
 * leaves after a hand-off began.
 */
export async function prepareEmail(turn: Turn, enrollment: ActiveEnrollment, step: EmailStep): Promise<boolean> {
  const cadence = enrollment.cadenceAsPinned;
  const isHoliday = holidaysOf(turn.playbook.calendars, cadence.calendar);
  const openAtMs = alignToWindow(turn.atMs, cadence.window, turn.zone, isHoliday);
  if (openAtMs > turn.atMs) {
    putOff(turn, enrollment, openAtMs, enrollment.attempts);
    return false;
  }
  const key = `${turn.lead.id}:${enrollment.id}:${enrollment.pass}:${step.id}`;
  const before = await findSend(turn.tx, key);
  if (before !== null) {
    if (before.status === 'claimed') await doubt(turn.tx, before);
    performed(turn, enrollment, step.kind, before.status === 'claimed' ? 'in doubt: not repeated' : before.status);
  } else {
    const template = await pinnedTemplate(turn, enrollment, step.template);
    const reason = await reasonNotToSend(turn, enrollment, template?.topic);
    if (reason === null) return claimOrHold(turn, enrollment, step, key, template);
    passOver(turn, enrollment, step, key, reason);
  }
  await goTo(turn, enrollment, following(cadence, step.id));
  return true;
}

/** A template that cannot be rendered holds the lead where it stands, with all that was done before on record. */
async function claimOrHold(
  turn: Turn,
  enrollment: ActiveEnrollment,
  step: EmailStep,
  key: string,
  template: TemplateSource | null,
): Promise<boolean> {
  try {
    await claimEmail(turn, enrollment, step, key, template ?? missing(enrollment, step.template));
    return true;
  } catch (error) {
    if (!isAppError(error) || error.code !== 'TEMPLATE_BROKEN') throw error;
    holdFor(turn, `${error.code}: ${stripAddresses(error.message)}`);
    return false;
  }
}

/** The message says what it is about: what the lead left or never asked for is not sent. */
async function reasonNotToSend(turn: Turn, enrollment: ActiveEnrollment, topic?: string): Promise<string | null> {
  const nurture = enrollment.cadenceAsPinned.purpose === 'nurture';
  if (nurture && !isInNurturePool(turn.stage)) return `stage-${turn.stage}`;
  const answer = await turn.mayMail(topic);
  return answer.may ? null : answer.reason;
}

function passOver(turn: Turn, enrollment: ActiveEnrollment, step: EmailStep, key: string, reason: string): void {
  const send = {
    id: newId('send'),
    key,
    leadId: turn.lead.id,
    audience: 'lead',
    enrollmentId: enrollment.id,
    stepId: step.id,
    pass: enrollment.pass,
    templateKey: step.template,
    attempt: newId('command'),
    reason,
    occurredAt: turn.at,
  };
  turn.send(writeSend(turn.tx, send, 'skipped'));
  performed(turn, enrollment, step.kind, `skipped: ${reason}`);
}

async function claimEmail(
  turn: Turn,
  enrollment: ActiveEnrollment,
  step: EmailStep,
  key: string,
  template: TemplateSource,
): Promise<void> {
  const { lead, need, needTouch } = turn.picture;
  const name = [lead.firstName, lead.lastName].filter(Boolean).join(' ');
  await claim(turn, {
    key,
    audience: 'lead',
    template,
    to: { address: lead.email ?? '', ...(name === '' ? {} : { name }) },
    context: {
      lead: personOf(lead),
      campaign: needTouch?.campaign ? { name: needTouch.campaign } : null,
      need: need === null ? null : { productLine: need.productLine, type: need.type },
    },
    purpose: { kind: 'step', enrollmentId: enrollment.id, stepId: step.id, pass: enrollment.pass },
  });
}

/** The template as the revision has it; null when it is not stored. */
async function pinnedTemplate(turn: Turn, enrollment: ActiveEnrollment, key: string): Promise<TemplateSource | null> {
  const hashes = enrollment.revision.templates as Record<string, string>;
  const hash = hashes[key];
  return hash === undefined ? null : templateByHash(turn.deps.db, turn.tx, hash, parseTemplate);
}

function missing(enrollment: ActiveEnrollment, key: string): never {
  throw new AppError(
    'TEMPLATE_BROKEN',
    `Template ‘${key}’ of ${enrollment.cadence}, revision ${enrollment.revision.number}, is not stored.`,
  );
}

/** After the hand-over to SMTP: writes the outcome, and goes on in the cadence or tries again later. */
export async function settleEmail(turn: Turn, delivery: Delivery, outcome: SendOutcome): Promise<void> {
  const settled = await settle(turn, delivery, outcome);
  const { enrollment } = turn.picture;
  if (settled === 'gone' || enrollment === null || !standsBefore(enrollment, delivery.purpose)) return;
  if (settled === 'released')
    return outcome.kind === 'refused' ? refused(turn, outcome) : tryAgainLater(turn, enrollment, outcome);
  performed(turn, enrollment, 'email', resultOf(settled, outcome));
  await goTo(turn, enrollment, following(enrollment.cadenceAsPinned, enrollment.stepId ?? ''));
  if (enrollment.stepId === null) await runOut(turn, enrollment.cadenceAsPinned);
}

function standsBefore(enrollment: ActiveEnrollment, purpose: Purpose): boolean {
  return (
    purpose.kind === 'step' &&
    purpose.enrollmentId === enrollment.id &&
    purpose.stepId === enrollment.stepId &&
    purpose.pass === enrollment.pass
  );
}

function resultOf(settled: string, outcome: SendOutcome): string {
  if (settled === 'sent' || outcome.kind === 'accepted') return 'sent';
  return `${settled.replace('_', ' ')}: ${'reason' in outcome ? outcome.reason : ''}`;
}

function tryAgainLater(turn: Turn, enrollment: ActiveEnrollment, outcome: SendOutcome): void {
  const reason = outcome.kind === 'released' ? outcome.reason : 'the message was not handed over';
  const minutes = TRY_AGAIN_AFTER[enrollment.attempts];
  if (minutes === undefined) {
    holdFor(turn, `SMTP did not take the mail in ${TRY_AGAIN_AFTER.length} attempts: ${reason}`);
    putOff(turn, enrollment, turn.atMs, 0);
    return;
  }
  performed(turn, enrollment, 'email', `put off by ${minutes} min: ${reason}`);
  putOff(turn, enrollment, turn.atMs + minutes * 60_000, enrollment.attempts + 1);
}

/** Refused for what we are or send: the lead stays before the step, and who resumes it has the same mail sent. */
function refused(turn: Turn, outcome: Extract<SendOutcome, { kind: 'refused' }>): void {
  holdFor(turn, `SMTP refuses our mail: ${outcome.reason}`);
}

/** The lead cannot go on: shown to the operator with the reason until somebody resumes it. */
export function holdFor(turn: Turn, reason: string): void {
  turn.changeLead({ heldAt: turn.at, heldReason: reason });
  turn.note({ action: 'lead.held', data: { reason } });
}
