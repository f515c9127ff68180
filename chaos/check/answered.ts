import { groupBy, type Invariant } from './invariant.ts';

const isYes = (status: number): boolean => status >= 200 && status < 300;
/** The request was answered, and the answer is no 5xx. */
const isDecided = (status: number): boolean => status > 0 && status < 500;

/**
 * Single events, and each item of a batch by itself. A batch may contain an event of an unknown lead. That event is rejected and
 * not stored. The other events of the batch are accepted.
 */
export const noEventLost: Invariant = {
  holds: 'every event answered as accepted is there, with its lead, and is accepted once',
  check({ answers, events }) {
    const stored = new Map(events.map((event) => [event.id, event]));
    const given = answers.filter(({ act, status }) => act === 'event' && isDecided(status));
    const wrong = given.filter(
      ({ key, leadId, result }) => !fitsLead(leadId, result) || stored.get(key)?.leadId !== leadId,
    );
    const accepted = groupBy(
      given.filter(({ result }) => result === 'accepted'),
      ({ key }) => key,
    );
    return {
      checked: given.length,
      offenders: [
        ...wrong.map(({ key, email, status, result }) => `${key} of ${email}, answered ${status} ${result}`),
        ...[...accepted]
          .filter(([, own]) => own.length > 1)
          .map(([key, own]) => `${key}: accepted ${own.length} times`),
      ],
    };
  },
};

function fitsLead(leadId: string | undefined, result: string | undefined): boolean {
  return leadId === undefined ? result === 'rejected' : result === 'accepted' || result === 'duplicate';
}

/**
 * A request without an answer may be stored or not. A request with an answer counts once. All requests of the plan are valid, so a
 * refused one is a lost lead.
 */
export const submissionsOnce: Invariant = {
  holds: 'every submission is accepted, is there once, and is taken into account',
  check({ answers, leads, touches }) {
    const byEmail = new Map(leads.map((lead) => [lead.email, lead]));
    const asked = groupBy(
      answers.filter(({ act }) => act === 'submit'),
      ({ email }) => email,
    );
    const touchesOf = groupBy(touches, ({ leadId }) => leadId);
    const offenders = answers
      .filter(({ act, status }) => act === 'submit' && isDecided(status) && !isYes(status))
      .map(({ email, key, status, result }) => `${email} (${key}): refused with ${status} ${result ?? ''}`);
    for (const [email, own] of asked) {
      const yes = own.filter(({ status }) => isYes(status)).length;
      const unknown = own.filter(({ status }) => status === 0 || status >= 500).length;
      const lead = byEmail.get(email);
      const there = lead === undefined ? [] : (touchesOf.get(lead.id) ?? []);
      if (there.length < yes || there.length > yes + unknown)
        offenders.push(`${email}: ${yes} accepted, ${there.length} touches`);
      if (there.some(({ handledAt }) => handledAt === null) && lead?.pausedAt === null && lead.heldAt === null) {
        offenders.push(`${email}: a touch was not taken into account`);
      }
    }
    return { checked: answers.filter(({ act }) => act === 'submit').length, offenders };
  },
};

/** Decided by the last pause or resume that was answered. A command without an answer may have been carried out or not. */
export const commandsStand: Invariant = {
  holds: 'each command that was answered as done is done: pauses, decisions, outcomes, unsubscribes',
  check({ answers, leads, assignments, audit }) {
    const byId = new Map(leads.map((lead) => [lead.id, lead]));
    const actions = groupBy(audit, ({ leadId }) => leadId);
    const given = answers.filter(({ act, status }) => ACTIONS.has(act) && isYes(status));
    const offenders = given
      .filter(({ act, leadId, assignmentId }) => {
        const own = (actions.get(leadId ?? '') ?? []).filter(({ action }) => action === ACTIONS.get(act));
        return !own.some(({ data }) => assignmentId === undefined || data['assignmentId'] === assignmentId);
      })
      .map(({ act, email, key }) => `${act} of ${email} (${key}) was answered as done and is not on record`);
    for (const [leadId, own] of groupBy(answers, (answer) => answer.leadId ?? '')) {
      const last = own.findLast(({ act }) => act === 'pause' || act === 'resume');
      const lead = byId.get(leadId);
      if (lead === undefined || last === undefined || !isYes(last.status)) continue;
      if ((last.act === 'pause') !== (lead.pausedAt !== null))
        offenders.push(`${lead.id}: ${last.act} was answered as done, and it is not so`);
    }
    const live = new Set(assignments.filter(({ status }) => status !== 'offered').map(({ id }) => id));
    for (const { act, assignmentId, email } of given) {
      if ((act === 'accept' || act === 'reject') && !live.has(assignmentId ?? ''))
        offenders.push(`${act} of ${email}: the assignment is still offered`);
    }
    return { checked: given.length, offenders };
  },
};

const ACTIONS = new Map<string, string>([
  ['accept', 'assignment.accepted'],
  ['reject', 'assignment.rejected'],
  ['outcome', 'outcome.recorded'],
  ['pause', 'lead.paused'],
  ['resume', 'lead.resumed'],
  ['unsubscribe', 'lead.unsubscribed'],
]);

/** The same command at the same moment on two APIs with one key must get one verdict. */
export const oneVerdict: Invariant = {
  holds: 'a decision sent twice with one key gets one verdict',
  check({ answers }) {
    const decisions = groupBy(
      answers.filter(({ act, status }) => (act === 'accept' || act === 'reject') && status !== 0 && status < 500),
      ({ key }) => key,
    );
    return {
      checked: decisions.size,
      offenders: [...decisions]
        .filter(([, own]) => new Set(own.map(({ status }) => status)).size > 1)
        .map(
          ([key, own]) => `${key}: ${own.map(({ status, result }) => `${status} ${result ?? ''}`.trim()).join(', ')}`,
        ),
    };
  },
};

export const nothingDiesByItself: Invariant = {
  holds: 'no process of the product ends by itself, whatever it loses',
  check: ({ deaths }) => ({ checked: 1, offenders: [...deaths] }),
};

export const onlyHonestAnswers: Invariant = {
  holds: 'an outage is answered with 503, never with another 5xx',
  check: ({ unexpected, answers }) => ({ checked: answers.length, offenders: [...unexpected] }),
};
