import { settlementOf } from '../domain/effect.ts';
import { spanToMs } from '../domain/schedule.ts';
import type { OutgoingMessage } from '../email/message.ts';
import { repListMail } from '../email/rep-list-mail.ts';
import { baseOf } from '../domain/public-url.ts';
import { type Watch, watch } from '../relay/watch.ts';
import { alone } from '../store/alone.ts';
import { readDesk } from '../store/lists/desk.ts';
import {
  type Addressee,
  claimAlerts,
  claimDigest,
  type DigestReader,
  hasDigest,
  repsToAlert,
  repsWithDigest,
  settleRepMail,
  tidyRepMails,
} from '../store/sales/rep-mails.ts';
import { sendToPerson, waitsForReceiver } from './mail-to-person.ts';
import { alertParts, digestParts, morningOf } from './rep-mail-words.ts';
import type { MailWatchOptions } from './mail-watch.ts';

/** Key of the advisory lock ("reps" as bytes). */
const WATCH_LOCK = 0x72657073;
const EVERY_MS = 60_000;
/** A look lasts so long at most. */
const LOOK_MS = 10 * 60_000;

/** Mails reps the alerts that were gathered, and on the mornings of their working days the list of the day, if they want it. */
export function createRepMailWatch(options: MailWatchOptions): Watch<number> {
  const { db, rules, log, mail, realNow = Date.now, everyMs = EVERY_MS } = options;
  const base = baseOf(mail.publicUrl);

  /** Returns how many mails left: none where another process looks at this moment. */
  async function runNow(): Promise<number> {
    return (await alone(db, { key: WATCH_LOCK, forMs: LOOK_MS }, look)) ?? 0;
  }

  async function look(): Promise<number> {
    await tidyRepMails(db, realNow());
    let left = 0;
    // What was held while the file still bounded alerts is told at once.
    const { alerts } = rules.current().playbook.routing;
    const before = new Date(realNow() - (alerts === undefined ? 0 : spanToMs(alerts.gather)));
    for (const rep of await repsToAlert(db, before)) if (await tellAlerts(rep)) left += 1;
    for (const rep of await repsWithDigest(db)) if (await tellDay(rep)) left += 1;
    return left;
  }

  async function tellAlerts(rep: Addressee): Promise<boolean> {
    if (await waitsForReceiver(db, rep)) return false;
    const claimed = await claimAlerts(db, rep.id, realNow());
    if (claimed === null) return false;
    const { mailId, alerts } = claimed;
    const count = alerts.length;
    return send(mailId, rep, {
      subject: count === 1 ? 'News of one of your leads' : `${count} news of your leads`,
      intro: 'Many of your leads asked for you within an hour, so this is told in one mail.',
      parts: alertParts(alerts, { zone: zoneOf(rep), nowMs: realNow(), base }),
      foot: 'Briefs of new leads are never gathered.',
    });
  }

  /** The list is read before its row is written: what fails here is tried again. */
  async function tellDay(rep: DigestReader): Promise<boolean> {
    const { playbook } = rules.current();
    const morning = morningOf(rep, playbook, realNow());
    if (morning === null || (await hasDigest(db, rep.id, morning.day))) return false;
    if (await waitsForReceiver(db, rep)) return false;
    const shown = { zone: zoneOf(rep), nowMs: realNow() };
    const rows = await readDesk(db, rep.id, { ...shown, scoring: playbook.scoring, order: 'due' });
    const { parts, subject } = digestParts(rows, { ...shown, base });
    const status = parts.length === 0 ? 'skipped' : 'claimed';
    const mailId = await claimDigest(db, { repId: rep.id, day: morning.day, status }, realNow());
    if (mailId === null || status === 'skipped') return false;
    return send(mailId, rep, {
      subject,
      intro: 'Good morning. This is on your desk today.',
      parts,
      foot: 'You get this list on the mornings of your working days. End it at the foot of your desk.',
    });
  }

  async function send(
    id: string,
    rep: Addressee,
    words: Pick<Parameters<typeof repListMail>[0], 'subject' | 'intro' | 'parts' | 'foot'>,
  ): Promise<boolean> {
    const message: OutgoingMessage = await repListMail({
      ...words,
      id,
      from: mail.from,
      to: { address: rep.email, name: rep.name },
      date: new Date(realNow()),
      deskUrl: `${base}/console`,
    });
    const settlement = settlementOf(await sendToPerson({ db, transport: mail.transport }, rep, message));
    await settleRepMail(db, id, settlement, realNow());
    const { status, reason } = settlement;
    if (status !== 'sent') log.warn({ mailId: id, status, reason }, 'a list of leads to a rep did not leave for sure');
    return status === 'sent';
  }

  function zoneOf({ timeZone }: Addressee): string {
    return timeZone ?? rules.current().playbook.defaultTimeZone;
  }

  return watch(runNow, { everyMs, failed: 'a look at what is mailed to reps failed and is tried again', log });
}
