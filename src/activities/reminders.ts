import { nurtures, type Cadence } from '../domain/cadence.ts';
import { saidNoMore } from '../domain/consent.ts';
import { evaluate, explainCondition, holds } from '../domain/condition.ts';
import { whyNotAgain } from '../domain/enrollment.ts';
import { type Trigger, triggersOf } from '../store/events/triggers.ts';
import type { TouchRead } from '../store/campaign-of-touch.ts';
import { readRevision } from '../store/process/revisions.ts';
import { endEnrollment, enroll, pastOf } from './enrollment.ts';
import type { Turn } from './turn.ts';

/**
 * What events and time begin. Reminders run beside the lead's cadence: a webinar it registered for, onboarding. An event begins a reminder, or a request that fits
 * its `enroll`. The key of a reminder says what it is about, so that two webinars make two reminders.
 */

/** Begins and cancels the reminders that events have asked for since the last turn, and enrolls a lead that has entered a segment, or that finished a cadence which has more steps now. */
export async function takeTriggers(turn: Turn): Promise<void> {
  const triggers = triggersOf(turn.lead);
  if (triggers.length === 0 || turn.isStopped) return;
  turn.changeLead({ triggers: [] });
  for (const trigger of triggers) {
    if (trigger.does === 'append') {
      await goOn(turn, trigger);
      continue;
    }
    const cadence = turn.playbook.cadences.find((one) => one.cadence === trigger.cadence);
    if (cadence === undefined || turn.stage === 'disqualified') continue;
    if (trigger.does === 'enter') await enter(turn, cadence);
    else if (trigger.does === 'cancel') cancel(turn, trigger, cadence);
    else
      await begin(turn, cadence, { via: 'event', because: `${trigger.event ?? 'its event'} came`, key: trigger.key });
  }
}

/**
 * The lead has entered the segment that the cadence enrolls by. It may have left again since, or be in a cadence by now; and who
 * wants no mail is not taken back into the pool. Of two cadences entered at once the first wins, as it takes the lead out of `dormant`.
 */
async function enter(turn: Turn, { cadence, enroll: by, reentry }: Cadence): Promise<void> {
  const { enrollment, suspended, need } = turn.picture;
  if (by === undefined || turn.stage !== 'dormant' || enrollment !== null || suspended.length > 0) return;
  if (need === null || need.closedAt !== null || !holds(by.when, await turn.facts([by.when]))) return;
  if (saidNoMore(await turn.mayReach('email')) !== null) return;
  if (whyNotAgain(reentry, (await pastOf(turn)).leftAt.get(cadence), turn.atMs) !== null) return;
  await enroll(turn, cadence, { via: 'trigger', because: `it entered: ${explainCondition(by.when)}` });
}

/**
 * Steps were appended to a cadence that the lead had finished. It may be in another by now, or have left the pool. Its old enrollment stays
 * as it is; a new one goes on before the first of these steps.
 */
async function goOn(turn: Turn, { cadence, step, revisionId }: Trigger): Promise<void> {
  const { enrollment, suspended } = turn.picture;
  if (step === undefined || revisionId === undefined || enrollment !== null || suspended.length > 0) return;
  const { definition } = await readRevision(turn.deps.db, turn.tx, revisionId);
  if (turn.stage !== (nurtures(definition) ? 'dormant' : 'customer')) return;
  if (saidNoMore(await turn.mayReach('email')) !== null) return;
  const because = 'steps were appended to it, which the lead had finished';
  await enroll(turn, cadence, { via: 'append', because, step, revisionId });
}

function cancel(turn: Turn, { cadence, key, event = 'its event' }: Trigger, { key: isKeyed }: Cadence): void {
  const concerned = turn.picture.reminders.filter(
    (one) => one.cadence === cadence && (isKeyed === undefined || one.key === key),
  );
  for (const one of concerned) endEnrollment(turn, `cancelled by ${event}`, 'ended', one);
}

/** Begins the reminders that a request fits. */
export async function remindOfRequest(turn: Turn, touch: TouchRead): Promise<void> {
  const fitting = turn.playbook.cadences.filter(({ kind, enroll }) => kind === 'reminder' && enroll !== undefined);
  if (fitting.length === 0) return;
  const facts = await turn.facts(
    fitting.map((one) => one.enroll?.when),
    touch,
  );
  for (const cadence of fitting) {
    if (!cadence.enroll || evaluate(cadence.enroll.when, facts) !== true) continue;
    await begin(turn, cadence, { via: 'trigger', because: explainCondition(cadence.enroll.when), key: null });
  }
}

async function begin(
  turn: Turn,
  { cadence, reentry }: Cadence,
  entry: { via: string; because: string; key: string | null },
): Promise<void> {
  const isIn = turn.picture.reminders.some((one) => one.cadence === cadence && one.key === entry.key);
  if (isIn) return;
  const past = await pastOf(turn, entry.key);
  if (whyNotAgain(reentry, past.leftAt.get(cadence), turn.atMs) === null) await enroll(turn, cadence, entry);
}
