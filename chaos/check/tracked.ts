/** Opens and clicks: compares the answers that the readers got with the recorded events. */
import { LONGEST_EFFECT } from '../../src/domain/budgets.ts';
import type { Answered } from '../record.ts';
import type { EventRow, SendRow } from './evidence.ts';
import { groupBy, type Invariant } from './invariant.ts';

/** What is answered to a fetch that was recorded, and the type of its event; HEAD appends none. */
const PROMISED = {
  open: { status: 200, type: 'email.opened' },
  click: { status: 302, type: 'email.clicked' },
} as const;

/** Within this time after a mail is sent, every open or click counts as a machine's. */
const TOO_SOON_MS = 2_000;
/** A transaction that writes an outcome may stop with the worker or PostgreSQL before others see the outcome. */
const STUCK_MS = 20_000;

export function isFetch({ act }: Answered): boolean {
  return act === 'open' || act === 'click' || act === 'look';
}

/**
 * Each fetch with an answer is an event. Each fetch without an answer may be one, as the product cannot tell a repeated fetch from a
 * second one. HEAD is no event.
 */
export const fetchesCounted: Invariant = {
  holds: 'every open and click that was answered is there, no more often than it was tried, and as its reader’s',
  check({ answers, events, sends, leads }) {
    const fetches = answers.filter(isFetch);
    const offenders = fetches
      .filter((fetch) => !isAsPromised(fetch))
      .map(({ act, email, sendId, status }) => `${act} of ${sendId} to ${email}, answered ${status}`);
    const byAct = groupBy(fetches, ({ act, sendId }) => `${act} of ${sendId}`);
    const stored = groupBy(
      events.filter(({ type }) => actOf(type) !== undefined),
      ({ type, sendId }) => `${actOf(type)} of ${sendId}`,
    );
    const sendOf = new Map(sends.map((send) => [send.id, send]));
    const leadOf = new Map(leads.map(({ id, email }) => [email, id]));
    for (const what of new Set([...byAct.keys(), ...stored.keys()])) {
      if (what.startsWith('look')) continue;
      const [asked, there] = [byAct.get(what) ?? [], stored.get(what) ?? []];
      const own = [
        ...miscounted(asked, there),
        ...misled(asked, there),
        ...misattributed(asked, there, sendOf, leadOf),
      ];
      offenders.push(...own.map((wrong) => `${what}: ${wrong}`));
    }
    return { checked: fetches.length, offenders };
  },
};

function actOf(type: string): 'open' | 'click' | undefined {
  if (type === PROMISED.open.type) return 'open';
  return type === PROMISED.click.type ? 'click' : undefined;
}

const isUndecided = (status: number): boolean => status === 0 || status >= 500;

function isAsPromised({ act, status }: Answered): boolean {
  if (isUndecided(status)) return true;
  const { open, click } = PROMISED;
  return (act !== 'click' && status === open.status) || (act !== 'open' && status === click.status);
}

/** The number of answers is the least, the number of tries the most. */
function miscounted(asked: readonly Answered[], there: readonly EventRow[]): string[] {
  const yes = asked.filter(({ status }) => !isUndecided(status)).length;
  const tried = asked.reduce((sum, { attempts }) => sum + attempts, 0);
  if (there.length >= yes && there.length <= tried) return [];
  return [`answered ${yes} times in ${tried} tries, ${there.length} events`];
}

/** Each redirect must have an event of a click on that address. */
function misled(asked: readonly Answered[], there: readonly EventRow[]): string[] {
  const told = groupBy(
    asked.filter(({ act, status }) => act === 'click' && !isUndecided(status)),
    ({ result }) => result ?? '',
  );
  return [...told]
    .filter(([url, own]) => there.filter((event) => event.url === url).length < own.length)
    .map(([url]) => `redirected to ${url}, which is not what was recorded`);
}

/** Each event must belong to the lead that got the mail, and must name the right reader: a person or a program. */
function misattributed(
  asked: readonly Answered[],
  there: readonly EventRow[],
  sendOf: ReadonlyMap<string, SendRow>,
  leadOf: ReadonlyMap<string, string>,
): string[] {
  const [fetch] = asked;
  if (fetch === undefined) return [];
  const leadId = leadOf.get(fetch.email);
  const isProgram = fetch.reader === 'program';
  return there.flatMap((event) => {
    const isSoon = isJustSent(event, sendOf.get(event.sendId ?? ''));
    return [
      ...(event.leadId === leadId ? [] : [`${event.id} is of ${event.leadId}, not of ${leadId}`]),
      ...(isProgram && !event.machine ? [`${event.id} was a program, and counts as a person's`] : []),
      ...(!isProgram && event.machine && !isSoon && event.doubtful !== true
        ? [`${event.id} was a person, and counts as a machine's`]
        : []),
    ];
  });
}

/** The mail was sent a moment before, or its outcome is not written yet. Then only a scanner on the way can have the mail. */
function isJustSent({ occurredAt, recordedAt }: EventRow, send: SendRow | undefined): boolean {
  if (send === undefined) return false;
  const { claimedAt, sentAt, settledAt } = send;
  const since = (at: Date): number => occurredAt.getTime() - at.getTime();
  if (since(sentAt ?? claimedAt) < TOO_SOON_MS) return true;
  const wasSettled = settledAt !== null && recordedAt.getTime() > settledAt.getTime() + STUCK_MS;
  return !wasSettled && since(claimedAt) < LONGEST_EFFECT;
}
