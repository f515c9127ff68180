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
import { type LeadSubmission, submitLead } from '../store/capture/submit-lead.ts';
import type { StoreContext } from '../store/context.ts';
import { noteAtOnce } from '../store/sales/notes.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import { homeOf } from './navigation.ts';
import { actorFor, mayWith, type Visitor } from './session.ts';

/**
 * Takes the request in; the same form sent again has the answer of the first.
 *
 * @param first.check Throws where the request is not to be taken in; not asked of a repeat
 * @returns Null: the person is known, and the visitor may not know the lead
 */
export async function submitOnce(
  { store, ring }: ConsoleDeps,
  actor: Actor,
  request: Request,
  submission: LeadSubmission,
  { check, note = '' }: { check?: () => void; note?: string } = {},
): Promise<string | null> {
  const { db, realNow } = store;
  const key = { apiKeyId: actorHandle(actor), key: field(request, 'once').slice(0, 100), body: submission };
  const begun = await beginIdempotent(db, key, new Date(realNow()));
  if (begun.kind === 'replay') return (begun.answer.body as { id: string | null }).id;
  try {
    check?.();
    const { leadId, vouched, ringIds } = await submitLead(store, submission, {
      by: actor,
      alongside: async (tx, result) => {
        if (result.vouched && note !== '')
          await noteAtOnce(tx, { leadId: result.leadId, actor, text: note, realNowMs: realNow() });
        await finishIdempotent(tx, begun.slot, { status: 201, body: { id: result.vouched ? result.leadId : null } });
      },
    });
    ring(ringIds);
    return vouched ? leadId : null;
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
  id: string | null,
): Promise<string | null> {
  if (id === null) return null;
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
    return `/console/leads/${id}?done=${isAccepted ? 'accepted' : 'added'}`;
  }
  return null;
}

/** A rep sees the lead on their desk once its process has handed it to them. */
export async function pageOf({ db }: StoreContext, visitor: Visitor, id: string | null): Promise<string> {
  const ties = id === null ? null : await readTiesOf(db, id);
  if (ties !== null)
    return mayWith(visitor, 'see-lead', ties)
      ? `/console/leads/${ties.leadId}?done=added`
      : `${homeOf(visitor)}?done=added`;
  throw new AppError(
    'CONFLICT',
    'This person is known and is not your lead: the request was kept, its owner is told, and nothing was overwritten.',
  );
}
