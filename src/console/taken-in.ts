/** A request that somebody of ours enters for a person: kept once, and accepted at once by the rep who says it is theirs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Request } from 'express';
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
import { homeOf } from './navigation.ts';
import { onceOf } from './once.ts';
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
  actor: Actor,
  request: Request,
  submission: LeadSubmission,
  { check, note = '', person, body = submission }: Taking = {},
): Promise<Taken> {
  const { db, realNow } = store;
  const key = { apiKeyId: actorHandle(actor), key: onceOf(request), body };
  const begun = await beginIdempotent(db, key, new Date(realNow()));
  if (begun.kind === 'replay') return begun.answer.body as unknown as Taken;
  try {
    check?.();
    const result = await submitLead(store, submission, {
      by: actor,
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

/** So long the hand-off to the rep who took the lead in is waited for; later they accept it on their desk. */
const HAND_OFF_MS = 3_000;
const LOOK_AGAIN_MS = 150;

/** Accepts the offer to the visitor, once however often it is asked for. @returns The page of the lead; null: there is no such offer yet */
export async function acceptOwn(
  { store, commands }: ConsoleDeps,
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
    const commandId = idFor('command', `console:take-in:${handOff.id}`);
    const actor = actorFor(visitor, 'accept', ties);
    const command = { commandId, actor, kind: 'accept', assignmentId: handOff.id } as const;
    const isAccepted = await commands.execute(id, command).then(
      ({ ok }) => ok,
      (error: unknown) => {
        // The lead is taken in all the same, and its page says that the offer waits.
        if (isAppError(error)) return false;
        throw error;
      },
    );
    return `/console/leads/${id}?done=${isAccepted ? said : 'added'}`;
  }
  return null;
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
