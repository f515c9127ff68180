/** What is said to who has just given a lead away, and to who goes back to it then. */
import type { Request } from 'express';
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { AppError } from '../domain/errors.ts';
import { isId } from '../domain/ids.ts';
import { followsInWords, reasonLabel } from '../domain/reason-words.ts';
import type { RejectReason } from '../domain/reasons.ts';
import type { StoreContext } from '../store/context.ts';
import { type GivenBack, readGivenBack } from '../store/lists/given-back.ts';
import type { Html } from './layout.ts';
import { orForbidden } from './or-forbidden.ts';
import type { Visitor } from './session.ts';
import { nameOf, whenShown } from './words.ts';

/** Which lead was sent back or qualified on, and what follows; null: the address names none that they have just given away. */
export async function givenBackPart(store: StoreContext, visitor: Visitor, { query }: Request): Promise<Html | null> {
  const { done, lead } = query;
  if (done !== 'rejected' || typeof lead !== 'string' || !isId('lead', lead)) return null;
  const given = await givenBy(store, visitor, lead);
  if (given === null || given.lead === null) return null;
  const { company } = given.lead;
  const name = nameOf(given.lead);
  const who = company === null || company === name ? name : `${name} (${company})`;
  return html`<p class="done" role="status">${endInWords(who, given, store.rules.current().playbook.reasons)}</p>`;
}

/** "You have sent back Ada Bold (Pumps Ltd) as ‘Not my region’: to the manager, who finds another rep." */
function endInWords(who: string, { status, reason }: GivenBack, reasons: readonly RejectReason[]): string {
  if (status === 'rerouted') return `You have qualified ${who} on: it goes to the rep whose turn it is.`;
  const found = reasons.find((one) => one.reason === reason);
  const follows = found === undefined ? '' : `: ${followsInWords(found.follow)}`;
  return `You have sent back ${who}${asReason(reason, reasons)}${follows}.`;
}

/**
 * Does what shows or changes a lead. Where that is refused to who gave the lead away, the refusal says so.
 * @throws AppError the refusal
 */
export async function orGivenBack(
  store: StoreContext,
  visitor: Visitor,
  leadId: string,
  work: () => Promise<void>,
): Promise<void> {
  await orForbidden(work, async (error) => {
    const given = await givenBy(store, visitor, leadId);
    if (given === null) throw error;
    const when = whenShown(given.at, visitor.zone, store.realNow());
    const did =
      given.status === 'rerouted'
        ? 'passed this lead on'
        : `sent this lead back${asReason(given.reason, store.rules.current().playbook.reasons)}`;
    throw new AppError('FORBIDDEN', `You have ${did}, ${when}: it is not yours any more.`);
  });
}

const asReason = (reason: string | null, reasons: readonly RejectReason[]): string =>
  reason === null ? '' : ` as ‘${reasonLabel(reason, reasons)}’`;

function givenBy(store: StoreContext, { actors }: Visitor, leadId: string): Promise<GivenBack | null> {
  return readGivenBack(store.db, leadId, actors.map(actorHandle), store.realNow());
}
