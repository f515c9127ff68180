/** The mail of a broadcast on its page, in a frame: as it is for a sample person. Nothing in it acts but that its pictures are loaded. */
import type { Router } from 'express';
import { html } from 'hono/html';
import { AppError, isAppError } from '../domain/errors.ts';
import { type Broadcast, findBroadcast } from '../store/broadcasts/broadcasts.ts';
import type { ConsoleDeps } from './deps.ts';
import type { Html } from './layout.ts';
import { requireAtAll, visitorOf } from './session.ts';

/** A mail has pictures and styles of its own. In the frame of a page of ours it can do nothing else. */
const CSP =
  "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";

/** The subject and a picture of the mail of each variant; where it cannot be written, why. */
export async function mailsPart(deps: ConsoleDeps, { id, variants }: Broadcast): Promise<Html> {
  const shown = await Promise.all(
    variants.map(async (variant) => {
      const name = variants.length > 1 ? `Variant ${variant.key}` : 'The mail';
      try {
        const { subject, preheader } = await deps.sampleMail(variant);
        return html`<h3>${name}: ${subject}</h3>
          ${preheader === '' ? '' : html`<p class="soft">${preheader}</p>`}
          <iframe
            class="mail"
            sandbox
            loading="lazy"
            title="${name}, for a sample person"
            src="/console/broadcasts/${id}/mail/${variant.key}"
          ></iframe>`;
      } catch (error) {
        if (!isAppError(error)) throw error;
        return html`<h3>${name}</h3>
          <p class="problem">${error.message}</p>`;
      }
    }),
  );
  return html`<h2>What it says</h2>
    <p class="soft small">
      For a sample person. <code>npx nurture preview</code> shows it for a lead, in other languages and in dark colors.
    </p>
    ${shown}`;
}

export function broadcastMailPage(router: Router, deps: ConsoleDeps): void {
  const { store } = deps;
  router.get('/broadcasts/:id/mail/:variant', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    requireAtAll(visitor, 'see-publishing');
    const { variants } = await findBroadcast(store.db, request.params['id']);
    const variant = variants.find(({ key }) => key === request.params['variant']);
    if (variant === undefined) throw new AppError('NOT_FOUND', 'This broadcast has no such variant.');
    const mail = await deps.sampleMail(variant);
    response
      .setHeader('Content-Security-Policy', CSP)
      .setHeader('X-Frame-Options', 'SAMEORIGIN')
      .setHeader('Cache-Control', 'no-store')
      .setHeader('X-Robots-Tag', 'noindex, nofollow')
      .type('html')
      .send(mail.html);
  });
}
