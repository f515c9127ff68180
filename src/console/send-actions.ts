/** What a person does with a message in doubt on the attention page: has it sent once more, or says that nothing follows. */
import type { Request, Router } from 'express';
import { html } from 'hono/html';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { isId } from '../domain/ids.ts';
import { dismissSend } from '../store/process/dismiss-send.ts';
import { resendSend } from '../store/process/resend-send.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import type { Html } from './layout.ts';
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

const DONE: Readonly<Record<string, string>> = {
  resend: 'The message is sent once more.',
  dismiss: 'The message is dismissed: nothing follows from it.',
};

/** What was done, or why it was not. */
export function notice(request: Request): Html | '' {
  const { done, refused } = request.query;
  const words = typeof done === 'string' ? DONE[done] : undefined;
  if (words !== undefined) return html`<p class="card" role="status">${words}</p>`;
  return typeof refused === 'string' && refused !== ''
    ? html`<p class="card problem" role="alert">${refused.slice(0, 300)}</p>`
    : '';
}

export function sendActions(router: Router, { store, ring }: ConsoleDeps): void {
  router.post('/attention/sends', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const actor = requireAtAll(visitor, 'settle-mail');
    const sendId = field(request, 'send');
    const what = field(request, 'do');
    if (!isId('send', sendId) || DONE[what] === undefined)
      throw new AppError('VALIDATION_FAILED', 'Load the page again, and repeat.');
    try {
      if (what === 'resend') ring((await resendSend(store, sendId, actor)).ringIds);
      else await dismissSend(store, sendId, actor);
      response.redirect(303, `/console/attention?done=${what}`);
    } catch (error) {
      if (!isAppError(error) || ERROR_CODES[error.code].status >= 500) throw error;
      response.redirect(303, `/console/attention?refused=${encodeURIComponent(error.message)}`);
    }
  });
}
