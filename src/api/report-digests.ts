import type { Tokens } from '../crypto/tokens.ts';
import { digestPeriod, periodBefore } from '../domain/digest.ts';
import { type Settlement, settlementOf } from '../domain/effect.ts';
import { isAppError } from '../domain/errors.ts';
import { scopeOf } from '../domain/policy.ts';
import { baseOf } from '../domain/public-url.ts';
import { digestMail } from '../email/digest-mail.ts';
import type { OutgoingMessage } from '../email/message.ts';
import { type Watch, watch } from '../relay/watch.ts';
import { type AskWords, readAsk } from '../reports/ask.ts';
import { digestParts } from '../reports/digest.ts';
import { currencyOf } from '../reports/money.ts';
import { periodInWords } from '../reports/period-choices.ts';
import { readFirst, readReport } from '../reports/read.ts';
import { reportNamed } from '../reports/registry.ts';
import { wordsAsked } from '../reports/words.ts';
import { alone } from '../store/alone.ts';
import {
  claimReportMail,
  listSubscriptions,
  settleReportMail,
  type Subscription,
  tidyReportMails,
  wasClaimed,
} from '../store/report-digests.ts';
import { sendToPerson, waitsForReceiver } from './mail-to-person.ts';
import type { MailWatchOptions } from './mail-watch.ts';

/** Key of the advisory lock ("dige" as bytes). */
const DIGEST_LOCK = 0x64696765;
/** A mail that the server did not take is tried again at the next look. */
const EVERY_MS = 5 * 60_000;
/** A look lasts so long at most. */
const LOOK_MS = 30 * 60_000;

/** Mails reports to who subscribed to them: once a period, in the organization's zone, as whom they may read it then. */
export function createReportDigests(options: MailWatchOptions & { tokens: Pick<Tokens, 'digest'> }): Watch<number> {
  const { db, rules, log, tokens, mail, realNow = Date.now, everyMs = EVERY_MS } = options;
  const base = baseOf(mail.publicUrl);

  /** Returns how many mails left: none where another process looks at this moment. */
  async function runNow(): Promise<number> {
    return (await alone(db, { key: DIGEST_LOCK, forMs: LOOK_MS }, look)) ?? 0;
  }

  async function look(): Promise<number> {
    await tidyReportMails(db, realNow());
    let left = 0;
    // One after another: together the reports would take the connections of everybody else.
    for (const one of await listSubscriptions(db)) if (await sendOne(one)) left += 1;
    return left;
  }

  async function sendOne(one: Subscription): Promise<boolean> {
    const { playbook } = rules.current();
    const { period, dueAtMs, since, until } = digestPeriod(one.every, realNow(), playbook.defaultTimeZone);
    if (one.createdAt.getTime() > dueAtMs || (await wasClaimed(db, one.id, period))) return false;
    const person = { id: personIdOf(one.actor) ?? one.id, email: one.email };
    if (await waitsForReceiver(db, person)) return false;
    const build = await buildOf(one, { since, until });
    if (build === null) return false;
    // The row comes before the mail. What crashes between them is in doubt, and not sent again.
    const id = await claimReportMail(db, one.id, period, realNow());
    if (id === null) return false;
    const settlement: Settlement =
      'wrong' in build
        ? { status: 'failed', reason: build.wrong }
        : settlementOf(await sendToPerson({ db, transport: mail.transport }, person, await build.message(id)));
    await settleReportMail(db, id, settlement, realNow());
    const { status, reason } = settlement;
    if (status !== 'sent') log.warn({ mailId: id, status, reason }, 'a report by mail did not leave for sure');
    return status === 'sent';
  }

  /** Null: the person may read no reports now. The report is read before its row is written: what fails here is tried again. */
  async function buildOf(
    { id, report: key, every, words, actor, name, email }: Subscription,
    days: { since: string; until: string },
  ): Promise<{ message(mailId: string): Promise<OutgoingMessage> } | { wrong: string } | null> {
    const scope = actor === null ? null : scopeOf(actor, 'see-reports');
    if (scope === null) return null;
    const { playbook } = rules.current();
    const asking: AskWords = { ...words, ...days };
    try {
      const report = reportNamed(key);
      const asker = { scope, playbook, realNowMs: realNow() };
      const asked = readAsk(report, asking, asker);
      const sections = await readReport(db, report, asked);
      const before = await readFirst(db, report, readAsk(report, { ...words, ...periodBefore(every, days) }, asker));
      const title = every === 'daily' ? 'The day before' : 'The week before';
      const parts = digestParts(sections, currencyOf(playbook), { title, section: before });
      const period = periodInWords(asked);
      const query = new URLSearchParams(asking as Record<string, string>).toString();
      return {
        message: (mailId) =>
          digestMail({
            id: mailId,
            from: mail.from,
            to: { address: email, name },
            date: new Date(realNow()),
            title: `${report.title}${onlyInWords(words)}: ${period}`,
            intro: `${report.question} ${period}, ${asked.zone}.`,
            parts,
            pageUrl: `${base}/console/reports/${key}?${query}`,
            unsubscribeUrl: `${base}/digests/${tokens.digest(id)}`,
          }),
      };
    } catch (error) {
      // A report or a segment that is no more: said in the row, and not tried again in this period.
      if (isAppError(error) && (error.code === 'VALIDATION_FAILED' || error.code === 'NOT_FOUND'))
        return { wrong: error.message };
      throw error;
    }
  }

  return watch(runNow, { everyMs, failed: 'a look at the reports that go out by mail failed and is tried again', log });
}

/** ", region Baden": the same report may come of other leads, too. */
function onlyInWords({ by: _by, ...only }: AskWords): string {
  const said = wordsAsked(only);
  return said === '' ? '' : `, ${said}`;
}

function personIdOf(actor: Subscription['actor']): string | null {
  if (actor === null) return null;
  return actor.kind === 'user' ? actor.userId : actor.kind === 'rep' ? actor.repId : null;
}
