import { settlementOf } from '../domain/effect.ts';
import { DEFAULT_MANAGERS, type ManagerNotices } from '../domain/routing.ts';
import { formatForPeople } from '../domain/schedule.ts';
import { baseOf } from '../domain/public-url.ts';
import { managerMail, type WaitingLine } from '../email/manager-mail.ts';
import { type Watch, watch } from '../relay/watch.ts';
import { alone } from '../store/alone.ts';
import {
  claimNotice,
  doubtOldNotices,
  forgetOldNotices,
  type ManagerKind,
  readRecipients,
  type Recipient,
  settleNotice,
  type Waiting,
} from '../store/sales/manager-notices.ts';
import { sendToPerson, waitsForReceiver } from './mail-to-person.ts';
import { reasonsInWords } from '../store/lists/sent-back.ts';
import { whyForManager } from '../store/lists/why-for-manager.ts';
import { leadInWords, type MailWatchOptions } from './mail-watch.ts';

/** Key of the advisory lock ("mana" as bytes). */
const WATCH_LOCK = 0x6d616e61;
const EVERY_MS = 60_000;
/** A look lasts so long at most. */
const LOOK_MS = 5 * 60_000;
/** So many leads are described in a mail; of the others it says how many there are. */
const DESCRIBED = 20;

const WORDS: Readonly<Record<ManagerKind, string>> = {
  reroute: 'sent back to a manager',
  unassigned: 'nobody has it',
  'late-contact': 'not contacted in time',
  'late-answer': 'its reply was not answered in time',
  stuck: 'nothing happens with it',
};

/** Mails managers what waits for them: once, gathered, and again while it waits. */
export function createManagerWatch(options: MailWatchOptions): Watch<number> {
  const { db, rules, log, mail, realNow = Date.now, everyMs = EVERY_MS } = options;

  /** Returns how many mails left: none where another process looks at this moment. */
  async function runNow(): Promise<number> {
    return (await alone(db, { key: WATCH_LOCK, forMs: LOOK_MS }, look)) ?? 0;
  }

  async function look(): Promise<number> {
    const { routing, defaultTimeZone } = rules.current().playbook;
    const notices = routing.managers ?? DEFAULT_MANAGERS;
    await doubtOldNotices(db, realNow());
    let left = 0;
    for (const recipient of await readRecipients(db))
      if (await tell(recipient, notices, recipient.timeZone ?? defaultTimeZone)) left += 1;
    await forgetOldNotices(db, notices, realNow());
    return left;
  }

  async function tell(recipient: Recipient, notices: ManagerNotices, zone: string): Promise<boolean> {
    if (await waitsForReceiver(db, recipient)) return false;
    const claimed = await claimNotice(db, recipient, notices, realNow());
    if (claimed === null) return false;
    const { mailId, waiting } = claimed;
    const base = `${baseOf(mail.publicUrl)}/console`;
    const described = waiting.slice(0, DESCRIBED);
    const reasons = await reasonsInWords(db, described, rules.current().playbook.reasons);
    const lines: WaitingLine[] = [];
    for (const [n, one] of described.entries())
      lines.push(lineOf({ ...one, reason: reasons[n] ?? one.reason }, await whyOf(one, zone), zone, base));
    const message = await managerMail({
      id: mailId,
      from: mail.from,
      to: { address: recipient.email, name: recipient.name },
      date: new Date(realNow()),
      lines,
      more: Math.max(0, waiting.length - DESCRIBED),
      boardUrl: `${base}/board`,
    });
    const settlement = settlementOf(await sendToPerson({ db, transport: mail.transport }, recipient, message));
    await settleNotice(db, mailId, settlement, realNow());
    const { status, reason } = settlement;
    if (status !== 'sent') log.warn({ mailId, status, reason }, 'a mail to a manager did not leave for sure');
    return status === 'sent';
  }

  /** The mail leaves without it when it cannot be told: what waits is what counts. */
  async function whyOf({ kind, leadId }: Waiting, zone: string): Promise<string> {
    const which = { leadId, isWithNobody: kind === 'unassigned' };
    try {
      return await whyForManager(db, rules.current().playbook, which, { zone, nowMs: realNow() });
    } catch (error) {
      log.warn({ err: error, leadId }, 'why a lead waits could not be told to a manager');
      return '';
    }
  }

  return watch(runNow, { everyMs, failed: 'a look at what waits for managers failed and is tried again', log });
}

function lineOf(
  { kind, leadId, name, company, since, reason }: Waiting,
  why: string,
  zone: string,
  base: string,
): WaitingLine {
  return {
    what: WORDS[kind],
    lead: leadInWords({ firstName: name, lastName: null, company }),
    since: formatForPeople(since.getTime(), zone, Date.now()),
    reason,
    why,
    url: `${base}/leads/${leadId}`,
  };
}
