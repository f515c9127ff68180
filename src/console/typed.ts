/** What somebody has typed into a form that can be shown to them no more: the lead has left them meanwhile. */
import type { Request, Response } from 'express';
import { html } from 'hono/html';
import { ERROR_CODES } from '../domain/errors.ts';
import type { ConsoleDeps } from './deps.ts';
import { written } from './fields.ts';
import { sendPage } from './layout.ts';
import { headOf, homeOf } from './navigation.ts';
import { orForbidden } from './or-forbidden.ts';
import type { Visitor } from './session.ts';

/** The fields of many lines on the page of a lead. What is chosen is no work lost. */
const TYPED = { body: 'What was said', step: 'Next step', note: 'Note' } as const;

/**
 * Does what a form asks for. Where that is refused as the lead is not the visitor's, the refusal stands beside what they typed, to be copied.
 * @throws AppError the refusal, where nothing was typed
 */
export async function orTyped(
  { settings }: Pick<ConsoleDeps, 'settings'>,
  { request, response, visitor }: { request: Request; response: Response; visitor: Visitor },
  work: () => Promise<void>,
): Promise<void> {
  await orForbidden(work, async (error) => {
    const typed = Object.entries(TYPED).flatMap(([name, label]) => {
      const text = written(request, name);
      return text === '' ? [] : [{ name, label, text }];
    });
    if (typed.length === 0) throw error;
    const { companyName } = settings.organization;
    const frame = { title: 'This is not possible', companyName, who: headOf(visitor) };
    await sendPage(
      response,
      ERROR_CODES[error.code].status,
      frame,
      html`<p class="problem" role="alert">${error.message}</p>
        <section class="card">
          <h2>What you have typed</h2>
          <p>It is kept nowhere: copy it from here, for whoever has the lead now.</p>
          ${typed.map(
            ({ name, label, text }) =>
              html`<label for="${name}">${label}</label><textarea id="${name}" rows="6" readonly>${text}</textarea>`,
          )}
        </section>
        <p><a href="${homeOf(visitor)}">To my desk</a></p>`,
    );
  });
}
