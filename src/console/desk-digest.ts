/** The list of the day by mail: a rep's own choice, at the foot of the desk. */
import type { Router } from 'express';
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { AppError } from '../domain/errors.ts';
import { readDigestSince } from '../store/lists/reps.ts';
import { changeRep } from '../store/sales/change-rep.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import { csrfField, type Html } from './layout.ts';
import { visitorOf } from './session.ts';

export function deskDigestPost(router: Router, { store }: ConsoleDeps): void {
  router.post('/desk/digest', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const [actor] = visitor.actors;
    const { repId } = visitor;
    if (repId === null || actor === undefined) throw new AppError('FORBIDDEN', 'Only a rep has a desk');
    const dailyDigest = field(request, 'on') === 'true';
    const at = new Date(store.realNow());
    await changeRep(store.db, {
      rep: repId,
      patch: { dailyDigest },
      actor: actorHandle(actor),
      at,
      denial: () => null,
    });
    response.redirect(303, `/console?done=${dailyDigest ? 'digest-on' : 'digest-off'}`);
  });
}

export const DIGEST_DONE = {
  'digest-on': 'You get the list of the day by mail, from the next morning on that you work.',
  'digest-off': 'You get no list of the day any more.',
} as const;

export async function digestForm({ store }: ConsoleDeps, repId: string, csrf: string): Promise<Html> {
  const isOn = (await readDigestSince(store.db, repId)) !== null;
  return html`<form method="post" action="/console/desk/digest">
    ${csrfField(csrf)}<input type="hidden" name="on" value="${isOn ? 'false' : 'true'}" />
    <p class="soft small">
      ${isOn ? 'You get this list by mail on the mornings of your working days.' : 'What waits for you, is due or overdue can come by mail, on the mornings of your working days.'}
      <button>${isOn ? 'Stop the mail' : 'Mail me the list of the day'}</button>
    </p>
  </form>`;
}
