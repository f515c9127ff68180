import { emailDomainOf } from '../../domain/email-domain.ts';
import { pauseCausesOf } from '../../domain/pause-on.ts';
import { cadenceScope, SENDING } from '../../domain/pauses.ts';
import { limitOfTurn } from '../../domain/sending-limits.ts';
import { limitWait, pauseWait, refusalWait, type Wait } from '../../domain/waits.ts';
import type { Db } from '../db.ts';
import { ABSENCE } from '../events/event-names.ts';
import type { Lead } from '../generated/client.ts';
import { readRevision } from '../process/revisions.ts';
import { withNames } from './names.ts';

type Waiting = Pick<
  Lead,
  'id' | 'email' | 'nextDueAt' | 'answerDueAt' | 'snoozedUntil' | 'clockOffsetMs' | 'clockMovingSince'
> & {
  enrollments: readonly Place[];
  beside: readonly (Place & { status: string })[];
};

interface Place {
  cadence: string;
  revisionId: string;
  dueBecause: string | null;
  dueAt: Date | null;
  /** Since when its step is put off. */
  reachedAt: Date | null;
}

/**
 * What keeps a lead waiting beside its cadences: pauses of these and of all sending, runs after such a pause that stopped by themselves before
 * they came to the lead (nobody rings it until they are resumed), a receiving domain that refuses us, a limit of sending that is used up, its
 * own word that it wants no mail for some time, and its absence. The oldest first.
 * @param nowMs On the lead's clock
 */
export async function waitsFor(db: Db, lead: Waiting, nowMs: number): Promise<Wait[]> {
  const places = [...lead.enrollments, ...lead.beside.filter(({ status }) => status === 'active')];
  const snoozed = snooze(lead, nowMs);
  const away = places.length === 0 ? [] : await absence(db, lead.id, places, nowMs);
  if (places.length === 0 && lead.answerDueAt === null) return snoozed;
  const cadences = places.map(({ cadence }) => cadence);
  const scopes = [SENDING, ...cadences.map(cadenceScope)];
  const [pauses, runs, refusal] = await Promise.all([
    db.$queryRaw<Parameters<typeof pauseWait>[0][]>`
      SELECT scope, since, by, reason FROM pauses WHERE scope = ANY(${scopes})`,
    lead.nextDueAt === null || lead.answerDueAt !== null ? stoppedRuns(db, lead.id, cadences) : [],
    refusalOf(db, lead),
  ]);
  const waits = [
    ...pauses.map(pauseWait),
    ...runs.map(({ id, since, error }): Wait => ({
      ref: id,
      since,
      until: null,
      what: `The run ${id}, which lets leads go on after a pause, stopped before it came to this lead: ${error}`,
      lift: `npx nurture runs resume ${id}`,
      ask: 'ask an operator to resume the run',
    })),
    ...refusal,
    ...places.flatMap(limitOf),
    ...snoozed,
    ...away,
  ].toSorted((a, b) => (a.since?.getTime() ?? Infinity) - (b.since?.getTime() ?? Infinity));
  const named = await withNames(
    db,
    waits.map(({ what }) => what),
  );
  return waits.map((wait, n) => ({ ...wait, what: named[n] ?? wait.what }));
}

/** The person's own pause, from the preference page. Marketing mails wait for its end. */
function snooze({ snoozedUntil }: Waiting, nowMs: number): Wait[] {
  if (snoozedUntil === null || snoozedUntil.getTime() <= nowMs) return [];
  const what = 'It asked for no mail for some time';
  const lift = 'the person alone, on the page of preferences';
  return [{ ref: 'snooze', what, since: null, until: snoozedUntil, lift, ask: lift }];
}

/** An out-of-office named the day of return: mails of cadences that heed what pauses them wait for it. */
async function absence(db: Db, leadId: string, places: readonly Place[], nowMs: number): Promise<Wait[]> {
  const [latest] = await db.$queryRaw<{ since: Date; untilMs: number }[]>`
    SELECT occurred_at AS since, (properties->>'untilMs')::float8 AS "untilMs" FROM events
    WHERE lead_id = ${leadId} AND type = ${ABSENCE} ORDER BY 2 DESC, 1 LIMIT 1`;
  if (latest === undefined || latest.untilMs <= nowMs) return [];
  const revisions = await Promise.all(places.map(({ revisionId }) => readRevision(db, db, revisionId)));
  if (!revisions.some(({ definition }) => pauseCausesOf(definition).length > 0)) return [];
  const what = 'It is out of office, as an automatic answer of its mailbox said';
  const lift = 'by itself, on the day of return';
  return [{ ref: 'absence', what, since: latest.since, until: new Date(latest.untilMs), lift, ask: lift }];
}

/** A lead whose clock a person moved waits for no receiver. */
async function refusalOf(db: Db, { email, clockOffsetMs, clockMovingSince }: Waiting): Promise<Wait[]> {
  const receiver = email === null ? null : emailDomainOf(email);
  if (receiver === null || clockOffsetMs !== 0n || clockMovingSince !== null) return [];
  const row = await db.mailRefusal.findUnique({ where: { receiver } });
  return row === null ? [] : [refusalWait(row)];
}

function limitOf({ dueBecause, dueAt, reachedAt }: Place): Wait[] {
  const words = limitOfTurn(dueBecause);
  return words === null ? [] : [limitWait({ words, since: reachedAt, until: dueAt })];
}

/** Runs after a pause that a lead of these cadences still waits for. */
async function stoppedRuns(
  db: Db,
  leadId: string,
  cadences: readonly string[],
): Promise<{ id: string; since: Date; error: string }[]> {
  return db.$queryRaw`
    SELECT id, worked_at AS since, error FROM bulk_runs
    WHERE kind = 'resume' AND status = 'paused' AND error IS NOT NULL AND coalesce(after, '') < ${leadId}
      AND params->>'receiver' IS NULL
      AND (params->>'cadence' IS NULL OR params->>'cadence' = ANY(${[...cadences]}))`;
}
