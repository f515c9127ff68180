/** The invariants after a restore of a backup that is older than the processes. */
import { commandsStand, noEventLost, nothingDiesByItself, onlyHonestAnswers, submissionsOnce } from './answered.ts';
import { becameQuiet } from './at-rest.ts';
import type { Evidence, Rows } from './evidence.ts';
import { missingExplained, noClaimLeft, sendsFitTheSink } from './explained.ts';
import { groupBy, type Invariant } from './invariant.ts';
import { noMessageTwice } from './once.ts';
import { oneOwner } from './owners.ts';
import { ledgerAddsUp, ledgerIsAChain, scoreFromEvents } from './score.ts';
import { fetchesCounted, isFetch } from './tracked.ts';
import { tasksFailByPlan } from './versions.ts';
import { everyLeadThere, nothingOverdue, processKnowsTheRow, processWhereScheduled } from './whereabouts.ts';

export interface Loss {
  backupAt: number;
  restoredAt: number;
  /** The backup, the database that was lost, and the restored backup when the product started on it. */
  backup: Rows;
  lost: Rows;
  restored: Rows;
  /** `GET /v1/attention` once the stack was quiet again. */
  attention: { kind: string; leadId: string; ref: string | null; reason: string }[];
}

/**
 * The evidence from the restored database, with the sends that it lost. Answers given after the backup promise nothing any more. An
 * open or click that was under way when the backup was made may be recorded or not; one of a mail that the backup lacks is not.
 */
export function whatWasAnswered(evidence: Evidence, { backupAt, restoredAt, lost }: Loss): Evidence {
  const leads = new Set(evidence.leads.map(({ id }) => id));
  const sends = new Set(evidence.sends.map(({ id }) => id));
  const managerMails = new Set(evidence.managerMails.map(({ id }) => id));
  return {
    ...evidence,
    sends: [...evidence.sends, ...lost.sends.filter(({ id }) => !sends.has(id))],
    managerMails: [...evidence.managerMails, ...lost.managerMails.filter(({ id }) => !managerMails.has(id))],
    answers: evidence.answers.flatMap((answer) => {
      const { at, leadId, act, sendId } = answer;
      const isPromise = at < backupAt || at > restoredAt;
      if (isFetch(answer)) return sends.has(sendId ?? '') ? { ...answer, status: isPromise ? answer.status : 0 } : [];
      const isKnown = at < backupAt || act === 'submit' || leadId === undefined || leads.has(leadId);
      return isPromise && isKnown ? answer : [];
    }),
  };
}

/** Leads whose process did something that the backup does not have. */
function wentOn({ backup, lost }: Loss): Map<string, string> {
  const found = new Map<string, string>();
  const before = new Map(backup.leads.map((lead) => [lead.id, lead]));
  const sends = new Set(backup.sends.map(({ id }) => id));
  for (const lead of lost.leads) {
    const old = before.get(lead.id);
    if (old === undefined) found.set(lead.id, 'came in');
    else if (old.stage !== lead.stage) found.set(lead.id, `went from ${old.stage} to ${lead.stage}`);
    else if (old.nextDueAt?.getTime() !== lead.nextDueAt?.getTime()) found.set(lead.id, 'went on in its cadence');
  }
  for (const { id, leadId } of lost.sends) if (!sends.has(id)) found.set(leadId, 'was sent something');
  return found;
}

const everythingListed = (loss: Loss): Invariant => ({
  holds: 'each lead that went on after the backup is listed: held, or known to Temporal alone',
  check() {
    const known = new Set(loss.restored.leads.map(({ id }) => id));
    const listed = groupBy(loss.attention, ({ leadId }) => leadId);
    const gone = wentOn(loss);
    return {
      checked: gone.size,
      offenders: [...gone]
        .filter(([id]) => {
          const own = listed.get(id) ?? [];
          return known.has(id)
            ? !own.some(({ kind }) => kind === 'held')
            : !own.some(({ ref }) => ref === 'unknown-lead' || ref === 'lost-lead');
        })
        .map(([id, what]) => `${id} ${what}, and is ${known.has(id) ? 'there' : 'not there'} without a word`),
    };
  },
});

/** A lead for which nothing happened in between is not held. */
const nothingElseHeld = (loss: Loss): Invariant => ({
  holds: 'no lead is held for the restore that did nothing after the backup',
  check() {
    const gone = wentOn(loss);
    const held = loss.restored.leads.filter(({ heldReason }) => heldReason?.startsWith('RESTORED') === true);
    const actions = new Set(loss.backup.audit.map(({ leadId, action, data }) => keyOf(leadId, action, data)));
    // A command, or a look that sent no mail and changed nothing.
    const acted = new Set(
      loss.lost.audit.flatMap(({ leadId, action, data }) => (actions.has(keyOf(leadId, action, data)) ? [] : [leadId])),
    );
    const touched = new Set(
      loss.lost.events.flatMap(({ id, leadId }) => (loss.backup.events.some((one) => one.id === id) ? [] : [leadId])),
    );
    return {
      checked: held.length,
      offenders: held
        .filter(({ id }) => !gone.has(id) && !acted.has(id) && !touched.has(id))
        .map(({ id, heldReason }) => `${id}: ${heldReason}`),
    };
  },
});

function keyOf(...parts: unknown[]): string {
  return JSON.stringify(parts);
}

const nothingSentToHeld = (loss: Loss): Invariant => ({
  holds: 'a lead that was held for the restore is sent nothing until it is resumed',
  check({ mails }) {
    const held = new Map(
      loss.restored.leads.flatMap(({ id, email, heldReason }) =>
        heldReason?.startsWith('RESTORED') === true ? [[email, id] as const] : [],
      ),
    );
    return {
      checked: held.size,
      offenders: mails
        .filter(({ at, to, fate }) => at > loss.restoredAt && fate === 'taken' && held.has(to))
        .map(({ to, sendId }) => `${held.get(to)}: ${sendId}`),
    };
  },
});

/** The invariants that hold for any database and its processes. */
const SOUND: readonly Invariant[] = [
  becameQuiet,
  noClaimLeft,
  missingExplained,
  nothingDiesByItself,
  onlyHonestAnswers,
  scoreFromEvents,
  ledgerIsAChain,
  ledgerAddsUp,
  oneOwner,
  everyLeadThere,
  nothingOverdue,
  processWhereScheduled,
  processKnowsTheRow,
  tasksFailByPlan,
];

const nothingLeftHeld: Invariant = {
  holds: 'no lead is held for the restore any more, and no process runs without a lead',
  check({ leads, findings }) {
    return {
      checked: leads.length,
      offenders: [
        ...leads.filter(({ heldReason, heldAt }) => heldAt !== null && heldReason?.startsWith('RESTORED') === true),
        ...findings.filter(({ kind, resolved }) => kind === 'unknown-lead' && !resolved),
      ].map((one) => ('id' in one ? `${one.id}: held` : `${one.leadId}: unknown`)),
    };
  },
};

/** Checked right after the restore. */
export const RESTORED = (loss: Loss): readonly Invariant[] => [
  noMessageTwice,
  sendsFitTheSink,
  everythingListed(loss),
  nothingElseHeld(loss),
  nothingSentToHeld(loss),
  noEventLost,
  fetchesCounted,
  submissionsOnce,
  commandsStand,
  ...SOUND,
];

/** Checked after a person has worked through the list. A mail that is repeated then was repeated by that person's decision. */
export const SEEN_TO: readonly Invariant[] = [...SOUND, nothingLeftHeld];
