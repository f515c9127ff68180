/** Webhooks, by what their receiver wrote down: none is lost, and a repeat can be told as one. */
import { messageId } from '../../src/effects/http/message-id.ts';
import type { HookRecord } from '../hook-record.ts';
import type { EnrollmentRow, Evidence } from './evidence.ts';
import { isToComeAgain } from './explained.ts';
import { groupBy, type Invariant } from './invariant.ts';

export const hooksDelivered: Invariant = {
  holds: 'each webhook that is on record as sent was taken; each that was taken is on record, or tried again',
  check({ sends, hooks, audit }) {
    const posted = sends.filter(({ channel, status }) => channel === 'webhook' && status !== 'skipped');
    const taken = groupBy(
      hooks.filter(({ answer }) => answer === '200'),
      ({ id }) => id,
    );
    const known = new Set(posted.map(({ key }) => messageId(key)));
    const putOff = new Set(
      audit
        .filter(({ action, data }) => action === 'step.performed' && isToComeAgain(data['result'] ?? ''))
        .map(({ leadId, data }) => `${leadId} ${data['stepId']}`),
    );
    return {
      checked: posted.length + taken.size,
      offenders: [
        ...posted
          .filter(({ key, status }) => status === 'sent' && !taken.has(messageId(key)))
          .map(({ id, key }) => `${id} (${key}) is sent, and was never taken`),
        ...posted
          .filter(({ status }) => status === 'failed')
          .map(({ id, key, reason }) => `${id} (${key}) failed, though its receiver refuses nothing: ${reason}`),
        // The answer came too late for its caller: it knows of none, and calls again.
        ...[...taken.values()].flatMap(([call]) =>
          call === undefined || known.has(call.id) || putOff.has(`${call.leadId} ${call.step}`)
            ? []
            : [`${call.id} was taken, and is not on record: ${call.step} of ${call.leadId}`],
        ),
      ],
    };
  },
};

export const hooksKnownAgain: Invariant = {
  holds:
    'each call of a webhook is signed, and has the id of its lead, enrollment, pass and step; a repeat says the same',
  check({ hooks: all, enrollments }) {
    const hooks = all.filter(({ handOff }) => handOff === null);
    const ids = new Map(enrollments.flatMap(intentsOf));
    const calls = [...groupBy(hooks, ({ id }) => id)];
    return {
      checked: hooks.length,
      offenders: [
        ...hooks.filter(({ isSigned }) => !isSigned).map((call) => `${nameOf(call)} is not signed`),
        ...hooks.filter(({ id, key }) => id !== key).map((call) => `${nameOf(call)} has another Idempotency-Key`),
        ...hooks
          .filter(({ id, leadId, step }) => ids.get(id) !== `${leadId} ${step}`)
          .map((call) => `${nameOf(call)} has the id of no intent`),
        ...calls
          .filter(([, same]) => new Set(same.map(({ data }) => data)).size > 1)
          .map(([id, same]) => `${id} was posted ${same.length} times and did not say the same`),
      ],
    };
  },
};

function nameOf({ id, step, leadId }: HookRecord): string {
  return `${id} (${step} of ${leadId})`;
}

/** The ids of the messages that an enrollment may have posted, and what each is about. */
function intentsOf({ id, leadId, pass, steps }: EnrollmentRow): [string, string][] {
  const passes = Array.from({ length: pass }, (_, n) => n + 1);
  return steps
    .filter(({ kind }) => kind === 'webhook')
    .flatMap((step) =>
      passes.map((n): [string, string] => [messageId(`${leadId}:${id}:${n}:${step.id}`), `${leadId} ${step.id}`]),
    );
}

/** How the calls were answered, for the report. */
export function hookAnswers({ hooks }: Pick<Evidence, 'hooks'>): string[] {
  return hooks.map(({ answer }) => answer);
}
