/**
 * Alerts to a rep about a lead that they have. Where routing.yaml bounds them, those beyond so many an hour are gathered in one mail; so are
 * those that the rep's mail server does not take for now.
 */
import { alertsLately, noteAlert } from '../store/process/rep-alerts.ts';
import { lockRep } from '../store/process/reps.ts';
import { claimRepMail, type RepMail } from './rep-mail.ts';
import type { Turn } from './turn.ts';
import { waitForReceiver } from './wait-for-receiver.ts';

const HOUR_MS = 3_600_000;

/**
 * Claims the mail of an alert, or holds the alert for the next gathered mail (`src/api/rep-mail-watch.ts`). The rep is locked while the
 * alerts of the hour are counted, so that many leads at one moment do not all find room. A held alert counts as told: its row is kept.
 */
export async function alertRep(turn: Turn, mail: RepMail): Promise<void> {
  const { alerts } = turn.playbook.routing;
  const { key, template, assignment, rep } = mail;
  if (alerts !== undefined) await lockRep(turn.tx, rep.id);
  const isOver = alerts !== undefined && (await alertsLately(turn.tx, rep.id, turn.atMs, HOUR_MS)) >= alerts.perHour;
  const held = isOver || (await waitForReceiver(turn, rep)) !== null;
  if (alerts === undefined && !held) return claimRepMail(turn, mail);
  const about = { key, template, assignmentId: assignment.id, repId: rep.id, leadId: turn.lead.id };
  turn.send(noteAlert(turn.tx, { ...about, held, occurredAt: turn.at }));
  if (!held) await claimRepMail(turn, mail);
}
