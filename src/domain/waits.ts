/** What keeps mails waiting, in words: for `why` of a lead, its page, and a broadcast. */
import { cadenceOfScope, SENDING } from './pauses.ts';

export interface Wait {
  /** In a sentence, without times. */
  what: string;
  /** Null: not known. */
  since: Date | null;
  /** Null: until somebody ends it. */
  until: Date | null;
  /** What it is: the scope of a pause, the id of a run, `receiver:DOMAIN`, `limit`, `snooze`, `absence`. */
  ref: string;
  /** How a person ends it. */
  lift: string;
  /** The same for who has no command line: whom to ask, or what happens by itself. */
  ask: string;
}

/** The wait in a sentence, with its times as its reader writes them; null: a time that is not known. `zone`: named after them. */
export function waitSentence(
  { what, lift }: { what: string; lift: string },
  { since, until, zone }: { since: string | null; until: string | null; zone?: string },
): string {
  const times = [...(since === null ? [] : [`since ${since}`]), ...(until === null ? [] : [`until ${until}`])];
  const when = times.length === 0 ? '' : ` (${times.join(', ')}${zone === undefined ? '' : ` ${zone}`})`;
  return `${what}${when}. To end it: ${lift}`;
}

/** The person's own pause or absence that lasts longer than what is due next waits, the longest; null: there is none. */
export function outlasting(waits: readonly Wait[], dueAt: Date | null): (Wait & { until: Date }) | null {
  if (dueAt === null) return null;
  const longer = waits.flatMap((wait) =>
    (wait.ref === 'snooze' || wait.ref === 'absence') && wait.until !== null && wait.until > dueAt
      ? [{ ...wait, until: wait.until }]
      : [],
  );
  return longer.toSorted((a, b) => b.until.getTime() - a.until.getTime())[0] ?? null;
}

/** What a process does next, with what its mails wait for beyond that. `until`: the end of that wait in words. */
export function nextInWords(summary: string, wait: Wait | null, until: string): string {
  if (wait === null) return summary;
  return `${summary}. Mails wait longer, until ${until}: ${wait.what.charAt(0).toLowerCase()}${wait.what.slice(1)}`;
}

/** A pause of all sending or of a cadence. `by` may be the system: sending stopped by itself, and the reason says why. */
export function pauseWait({
  scope,
  since,
  by,
  reason,
}: {
  scope: string;
  since: Date;
  by: string;
  reason: string | null;
}): Wait {
  const cadence = cadenceOfScope(scope);
  const what = scope === SENDING || cadence === null ? 'All sending to leads' : `The cadence ‘${cadence}’`;
  return {
    ref: scope,
    what: `${what} is paused by ${by}${reason === null ? '' : `: ${reason}`}`,
    since,
    until: null,
    lift: cadence === null ? 'npx nurture sending resume' : `npx nurture cadence resume ${cadence}`,
    ask: `ask an operator or a marketer to resume ${cadence === null ? 'sending' : 'the cadence'}`,
  };
}

/** A receiving domain that takes nothing of ours. `leads`: how many of a broadcast wait for it. */
export function refusalWait({
  receiver,
  since,
  until,
  refusals,
  reason,
  leads,
}: {
  receiver: string;
  since: Date;
  until: Date;
  refusals: number;
  reason: string;
  leads?: number;
}): Wait {
  const which = leads === undefined ? `Mails to ${receiver} wait` : `Mails to ${receiver} wait (${leads})`;
  return {
    ref: `receiver:${receiver}`,
    what: `${which}, as it takes none of ours (refusals in a row: ${refusals}): ${reason}`,
    since,
    until,
    lift: `once the cause is mended, npx nurture sending lift ${receiver}`,
    ask: 'ask an operator to mend the cause; now and then a mail tries by itself',
  };
}

/** No room in a limit of sending. `words`: what is limited. */
export function limitWait({ words, since, until }: { words: string; since: Date | null; until: Date | null }): Wait {
  return {
    ref: 'limit',
    what: `A limit of sending is used up: ${words}`,
    since,
    until,
    lift: 'by itself; a higher limit in settings.yaml (sending, senders) makes it sooner',
    ask: 'by itself; a marketer can set a higher limit',
  };
}
