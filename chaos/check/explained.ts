import type { Step } from '../../src/domain/cadence.ts';
import { STEP_KINDS } from '../../src/steps/kinds.ts';
import { waysFrom } from '../../src/steps/next-step.ts';
import type { SendRow } from './evidence.ts';
import { groupBy, type Invariant } from './invariant.ts';

/** How many messages of a send the mail server may have, by what its row says. */
function fits({ status }: Pick<SendRow, 'status'>, taken: number): boolean {
  if (status === 'sent') return taken === 1;
  return status === 'in_doubt' || status === 'claimed' ? taken <= 1 : taken === 0;
}

export const sendsFitTheSink: Invariant = {
  holds: 'what a send row says fits what the mail server has',
  check({ mails, sends, managerMails }) {
    const taken = groupBy(
      mails.filter(({ fate }) => fate === 'taken'),
      ({ sendId }) => sendId,
    );
    const known = new Set([...sends, ...managerMails].map(({ id }) => id));
    const mailed = sends.filter(({ channel }) => channel !== 'webhook');
    return {
      checked: known.size,
      offenders: [
        ...managerMails
          .filter((mail) => !fits(mail, taken.get(mail.id)?.length ?? 0))
          .map(({ id, status }) => `${status}, but ${taken.get(id)?.length ?? 0} taken: ${id}, to a manager`),
        ...mailed
          .filter((send) => !fits(send, taken.get(send.id)?.length ?? 0))
          .map(
            ({ id, key, status, leadId }) =>
              `${status}, but ${taken.get(id)?.length ?? 0} taken: ${id} (${key}) of ${leadId}`,
          ),
        ...[...taken.keys()].filter((id) => !known.has(id)).map((id) => `taken, but there is no row: ${id}`),
      ],
    };
  },
};

/** The reconciler puts a claim in doubt that nobody came back to, after 15 minutes and at its next look. */
const CLAIM_LASTS_MS = 16 * 60_000;

function ageOf(since: Date, at: Date): number {
  return at.getTime() - since.getTime();
}

export const noClaimLeft: Invariant = {
  holds: 'no send is left claimed: each has an outcome, or is in doubt and said to be',
  check: ({ sends, at }) => ({
    checked: sends.length,
    offenders: sends
      .filter(({ status, reason, recordedAt }) =>
        status === 'claimed' ? ageOf(recordedAt, at) > CLAIM_LASTS_MS : status !== 'sent' && (reason ?? '') === '',
      )
      .map(({ id, key, status }) => `${status} without an outcome or reason: ${id} (${key})`),
  }),
};

/** A lead that has gone through a cadence has a row for every email on its way, whatever the outcome of the email. */
export const missingExplained: Invariant = {
  holds: 'each email of a cadence that came to its end has its row',
  check({ enrollments, sends, audit }) {
    const keys = new Set(sends.map(({ enrollmentId, stepId }) => `${enrollmentId}:${stepId}`));
    const performed = audit.filter(
      ({ action, data }) => action === 'step.performed' && SENDING.has(data['kind'] ?? ''),
    );
    const settled = lastOfEachStep(performed).filter(({ data }) => !isToComeAgain(data['result'] ?? ''));
    const completed = enrollments.filter(({ status, steps }) => status === 'completed' && isStraight(steps));
    const emails = completed.flatMap(({ id, leadId, steps }) =>
      steps.filter(({ kind }) => SENDING.has(kind)).map((step) => ({ enrollmentId: id, stepId: step.id, leadId })),
    );
    const wanted = [
      ...emails,
      ...settled.map(({ leadId, data }) => ({ leadId, enrollmentId: data['enrollmentId'], stepId: data['stepId'] })),
    ];
    return {
      checked: wanted.length,
      offenders: wanted
        .filter(({ enrollmentId, stepId }) => !keys.has(`${enrollmentId}:${stepId}`))
        .map(({ leadId, enrollmentId, stepId }) => `no row for step ${stepId} of ${enrollmentId}, ${leadId}`),
    };
  },
};

/** Whether a step is said to have sent nothing, and to come again: there is no row of it then. */
export function isToComeAgain(result: string): boolean {
  return result.startsWith('put off') || result.startsWith('tried again at once');
}

/**
 * The last performance of each step of each enrollment. Two attempts of one activity may both say what became of a step: the second
 * puts the send of the first in doubt, and the first, once its server answers, releases it and puts the step off.
 */
function lastOfEachStep<Row extends { data: Record<string, string | undefined> }>(performed: readonly Row[]): Row[] {
  return [...new Map(performed.map((row) => [`${row.data['enrollmentId']}:${row.data['stepId']}`, row])).values()];
}

/** Kinds of steps that send a message. */
const SENDING = new Set(STEP_KINDS.filter(({ position }) => position.toldBy === 'send').map(({ kind }) => kind));

/** Whether every lead that comes to the end went through every step. */
function isStraight(steps: readonly Step[]): boolean {
  return steps.every((step) => waysFrom({ steps }, step).every((way) => way.go === 'on'));
}
