/** What other programs and reps are told of hand-offs beside the brief: messages of `webhook` of a team, and alerts. */
import { hookNewsOf } from '../../src/domain/hand-off-hook.ts';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { messageId } from '../../src/effects/http/message-id.ts';
import type { CalledHandOff } from '../hook-record.ts';
import type { AuditRow } from './evidence.ts';
import type { Invariant } from './invariant.ts';

/** A message may come several times, with one id: its receiver drops what it has. No answer to a lead is late in a run: that has no time. */
export const handOffsTold: Invariant = {
  holds: 'another program took what happened to each hand-off, and each call has the id of what it tells',
  check({ audit, sends, hooks }) {
    const told = new Map(audit.flatMap(newsOf).map((key) => [messageId(key), key]));
    const status = new Map(sends.map((send) => [send.key, send.status]));
    const calls = hooks.filter(({ handOff }) => handOff !== null);
    const taken = new Set(calls.filter(({ answer }) => answer === '200').map(({ id }) => id));
    return {
      checked: told.size + calls.length,
      offenders: [
        ...[...told].filter(([id]) => !taken.has(id)).map(([, key]) => `${key} was taken by nobody`),
        ...[...told.values()]
          .filter((key) => status.get(key) !== 'sent')
          .map((key) => `${key} is ${status.get(key) ?? 'not'} on record, and not sent`),
        ...calls.filter(({ isSigned }) => !isSigned).map(({ id }) => `${id} is not signed`),
        ...calls
          .filter(({ id, key, handOff }) => id !== key || handOff === null || id !== messageId(keyOf(handOff)))
          .map(({ id, leadId }) => `${id}, of ${leadId}, is not the id of what it tells`),
        ...[...new Set(calls.map(({ id }) => id))]
          .filter((id) => !told.has(id))
          .map((id) => `${id} tells of what did not happen`),
      ],
    };
  },
};

function newsOf({ action, data }: AuditRow): string[] {
  const news = hookNewsOf({ action, data } as unknown as AuditEntry);
  return news === null ? [] : [keyOf(news)];
}

function keyOf({ assignmentId, event, what }: CalledHandOff): string {
  return ['hook', assignmentId, event, ...(what === null ? [] : [what])].join(':');
}

/** An alert that was held may be left out once it is done: an offer that was decided on, a lead that another has. */
export const alertsToldOnce: Invariant = {
  holds: 'each alert to a rep was told by a mail of its own or by one of several, and none is lost',
  check({ audit, alerts, assignments, sends, managerMails }) {
    const own = new Set(sends.map(({ key }) => key));
    const gathered = new Set(managerMails.map(({ id }) => id));
    const known = new Set(alerts.map(({ key }) => key));
    const live = new Set(
      assignments.filter(({ status, closedAt }) => status === 'accepted' && closedAt === null).map(({ id }) => id),
    );
    const late = audit.flatMap(({ action, data }) =>
      action === 'assignment.late' && data['what'] === 'contact' && live.has(data['assignmentId'] ?? '')
        ? `assignment:${data['assignmentId']}:late-contact`
        : [],
    );
    return {
      checked: alerts.length + late.length,
      offenders: [
        ...late.filter((key) => !known.has(key)).map((key) => `${key} is lost`),
        ...alerts.flatMap(({ key, assignmentId, held, mailId }) => {
          if (!held) return own.has(key) || !live.has(assignmentId) ? [] : [`${key} was to be a mail, and is none`];
          if (own.has(key)) return [`${key} was held, and is a mail of its own`];
          if (mailId === null) return [`${key} is held, and nobody tells it`];
          return gathered.has(mailId) ? [] : [`${key} was told by ${mailId}, of which there is no row`];
        }),
      ],
    };
  },
};

/** How alerts were told, for the report. */
export function alertWays({ alerts }: { alerts: readonly { held: boolean }[] }): string[] {
  return alerts.map(({ held }) => (held ? 'told with others' : 'a mail of its own'));
}
