/** What a person does with a message in doubt on the attention page: has it sent once more, or says that nothing follows. */
import type { Request, Router } from 'express';
import { html } from 'hono/html';
import { AppError } from '../domain/errors.ts';
import { isId } from '../domain/ids.ts';
import { dismissSend } from '../store/process/dismiss-send.ts';
import { resendSend } from '../store/process/resend-send.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import { type Html, said } from './layout.ts';
import { chosen } from './lead-post.ts';
import { actorAtAll, requireAtAll, type Visitor, visitorOf } from './session.ts';

/** The buttons for a message; nothing for who may not press them. */
export type Actions = (sendId: string) => Html | '';

export function actionsFor(visitor: Visitor): Actions {
  if (actorAtAll(visitor, 'settle-mail') === null) return () => '';
  return (sendId) =>
    html`<form method="post" action="/console/attention/sends">
      <input type="hidden" name="csrf" value="${visitor.csrf}" />
      <input type="hidden" name="send" value="${sendId}" />
      <button name="do" value="resend">Send once more<span class="hidden"> (${sendId.slice(-6)})</span></button>
      <button name="do" value="dismiss">Dismiss<span class="hidden"> (${sendId.slice(-6)})</span></button>
    </form>`;
}

const DONE = {
  resend: 'The message is sent once more.',
  dismiss: 'The message is dismissed: nothing follows from it.',
} as const;

/** What was done. Why something was not is said on a page of its own: words in an address could be anybody's. */
export function notice(request: Request): Html | '' {
  return said(DONE, request);
}

export function sendActions(router: Router, { store, ring }: ConsoleDeps): void {
  router.post('/attention/sends', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const actor = requireAtAll(visitor, 'settle-mail');
    const sendId = field(request, 'send');
    const what = chosen(request, 'do', DONE, 'Load the page again, and repeat.');
    if (!isId('send', sendId)) throw new AppError('VALIDATION_FAILED', 'Load the page again, and repeat.');
    if (what === 'resend') ring((await resendSend(store, sendId, actor)).ringIds);
    else await dismissSend(store, sendId, actor);
    response.redirect(303, `/console/attention?done=${what}`);
  });
}
