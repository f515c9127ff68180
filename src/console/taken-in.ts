/** A request that somebody of ours enters for a person: kept once, and with the rep who says it is theirs at once. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { html } from 'hono/html';
import { type Actor, actorHandle } from '../domain/actor.ts';
import { AppError, isAppError } from '../domain/errors.ts';
import { idFor } from '../domain/ids.ts';
import { beginIdempotent, finishIdempotent, releaseIdempotent } from '../store/access/idempotency.ts';
import { readStatus } from '../store/lists/assignments.ts';
import { isClosed, type Stage } from '../domain/stage.ts';
import { readTiesOf } from '../store/access/lead-ties.ts';
import type { Person } from '../store/capture/identify.ts';
import { type LeadSubmission, submitLead } from '../store/capture/submit-lead.ts';
import type { StoreContext } from '../store/context.ts';
import type { Db } from '../store/db.ts';
import { readNames } from '../store/lists/names.ts';
import { noteAtOnce } from '../store/sales/notes.ts';
import type { ConsoleDeps } from './deps.ts';
import { sendPage } from './layout.ts';
import { headOf, homeOf } from './navigation.ts';
import { onceOf } from './once.ts';
import { orForbidden } from './or-forbidden.ts';
import { actorFor, mayWith, type Visitor } from './session.ts';

interface Taking {
  /** Throws where the request is not to be taken in; not asked of a repeat. */
  check?: () => void;
  note?: string;
  /** Whom the phone means, where somebody said so. */
  person?: Person;
  /** What a repeat is known by, where it is not the submission. */
  body?: unknown;
}

/** What became of the request. */
export interface Taken {
  leadId: string;
  vouched: boolean;
}

/**
 * Takes the request in; the same form sent again has the answer of the first.
 *
 * @returns `vouched` false: the person is known, and the visitor may not know the lead
 */
export async function submitOnce(
  { store, ring }: ConsoleDeps,
  { actor, repId }: { actor: Actor; repId: string | null },
  request: Request,
  submission: LeadSubmission,
  { check, note = '', person, body = submission }: Taking = {},
): Promise<Taken> {
  const { db, realNow } = store;
  const key = { apiKeyId: actorHandle(actor), key: onceOf(request), body };
  const begun = await begin(db, key, realNow);
  if (begun.kind === 'replay') return begun.answer.body as unknown as Taken;
  try {
    check?.();
    const result = await submitLead(store, submission, {
      by: actor,
      ...(repId !== null && { enteredBy: repId }),
      ...(person !== undefined && { person }),
      alongside: async (tx, { leadId, vouched }) => {
        if (vouched && note !== '') await noteAtOnce(tx, { leadId, actor, text: note, realNowMs: realNow() });
        await finishIdempotent(tx, begun.slot, { status: 201, body: { leadId, vouched } });
      },
    });
    ring(result.ringIds);
    const { leadId, vouched } = result;
    return { leadId, vouched };
  } catch (error) {
    await releaseIdempotent(db, begun.slot);
    throw error;
  }
}

/** The second press waits for the first, whose answer is its own. @throws AppError CONFLICT where that takes too long */
async function begin(
  db: Db,
  key: Parameters<typeof beginIdempotent>[1],
  realNow: () => number,
): ReturnType<typeof beginIdempotent> {
  for (const endMs = Date.now() + FIRST_PRESS_MS; ; await delay(LOOK_AGAIN_MS))
    try {
      return await beginIdempotent(db, key, new Date(realNow()));
    } catch (error) {
      if (!isAppError(error) || error.code !== 'IDEMPOTENCY_IN_PROGRESS') throw error;
      if (Date.now() < endMs) continue;
      throw new AppError('CONFLICT', 'The lead is being taken in: press the button again in a minute to see it.');
    }
}
const FIRST_PRESS_MS = 5_000;

/** So long the hand-off to the rep who took the lead in is waited for; later they accept it on their desk. */
const HAND_OFF_MS = 3_000;
const LOOK_AGAIN_MS = 150;

/**
 * Waits for the hand-off to the visitor. Who entered the lead as theirs has it accepted; an offer of it that they had before is accepted, once however often it is asked for.
 * @returns The page of the lead; null: there is no such hand-off yet
 */
export async function acceptOwn(
  { store, commands, failed }: ConsoleDeps,
  visitor: Visitor,
  id: string,
  said: 'accepted' | 'added-mine' = 'accepted',
): Promise<string | null> {
  for (const endMs = Date.now() + HAND_OFF_MS; Date.now() < endMs; await delay(LOOK_AGAIN_MS)) {
    const ties = await readTiesOf(store.db, id);
    const handOff = ties?.handOff ?? null;
    if (ties === null || handOff === null || !handOff.isLive || handOff.repId !== visitor.repId) continue;
    // Until its process has taken the request in, a lead that comes back stands with the hand-off of the need before.
    const stands = await readStatus(store.db, handOff.id);
    if (stands === null || isClosed(stands.stage as Stage)) continue;
    if (stands.status === 'accepted') return `/console/leads/${id}?done=${said}`;
    const commandId = idFor('command', `console:take-in:${handOff.id}`);
    const actor = actorFor(visitor, 'accept', ties);
    const command = { commandId, actor, kind: 'accept', assignmentId: handOff.id } as const;
    const isAccepted = await commands.execute(id, command).then(
      ({ ok }) => ok,
      (error: unknown) => {
        // The lead is taken in all the same, and its page says how the offer stands.
        if (!isAppError(error)) failed(error);
        return false;
      },
    );
    // Its process may have been slower than the wait for it.
    const now = isAccepted ? null : await readStatus(store.db, handOff.id);
    const isTheirs = isAccepted || now?.status === 'accepted';
    return `/console/leads/${id}?done=${isTheirs ? said : ABOUT_TO_BE_THEIRS}`;
  }
  return null;
}

/** Said on the page of a lead that was taken in by the rep whom its process has not handed it to yet. */
export const ABOUT_TO_BE_THEIRS = 'added-soon';
/** Of an hour ago and longer nothing is about to come any more. */
const SOON_MS = 3_600_000;

/** Shows a lead; to who has just taken it in for themselves, and may not see it before it is handed over, what comes next. @throws AppError the refusal */
export async function orTakenIn(
  { store, settings }: ConsoleDeps,
  { request, response, visitor, leadId }: { request: Request; response: Response; visitor: Visitor; leadId: string },
  show: () => Promise<void>,
): Promise<void> {
  await orForbidden(show, async (error) => {
    if (request.query['done'] !== ABOUT_TO_BE_THEIRS) throw error;
    const isTheirs = await store.db.audit.count({
      where: {
        leadId,
        // oxlint-disable-next-line nurture/no-list-of-any-length -- a visitor is one or two actors: the account and its rep
        actor: { in: visitor.actors.map(actorHandle) },
        action: { in: ['lead.created', 'lead.updated'] },
        recordedAt: { gt: new Date(Date.now() - SOON_MS) },
      },
    });
    if (isTheirs === 0) throw error;
    const frame = { title: 'Taken in', companyName: settings.organization.companyName, who: headOf(visitor) };
    await sendPage(
      response,
      200,
      frame,
      html`<p class="done" role="status">
          The lead is taken in. It is about to be handed to you: go to its page in a moment.
        </p>
        <p><a class="button" href="/console/leads/${leadId}?done=${ABOUT_TO_BE_THEIRS}">To the lead</a></p>
        <p>It stands on <a href="${homeOf(visitor)}">your desk</a> too, once it is handed over.</p>`,
    );
  });
}

/** Who has it now is named: the visitor can talk to them, and learns nothing else of the lead. */
async function notYours(db: Db, leadId: string): Promise<string> {
  const ties = await readTiesOf(db, leadId);
  const ownerId = ties?.ownerId ?? null;
  const owner = ownerId === null ? undefined : (await readNames(db, [ownerId])).get(ownerId);
  const isWorked = ties?.handOff?.isLive === true;
  const whose = owner === undefined || !isWorked ? 'no rep has it now' : `${owner.name} has this lead and is told`;
  return `This person is known and is not your lead: ${whose}. The request was kept, and nothing was overwritten.`;
}

/** A rep sees the lead on their desk once its process has handed it to them. */
export async function pageOf({ db }: StoreContext, visitor: Visitor, { leadId, vouched }: Taken): Promise<string> {
  const ties = vouched ? await readTiesOf(db, leadId) : null;
  if (ties !== null)
    return mayWith(visitor, 'see-lead', ties)
      ? `/console/leads/${ties.leadId}?done=added`
      : `${homeOf(visitor)}?done=added`;
  throw new AppError('CONFLICT', await notYours(db, leadId));
}
