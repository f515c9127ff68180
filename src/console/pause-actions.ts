/** What a person does on the attention page with sending that stands still: resumes it, or lets mails go to a receiver again. */
import type { Router } from 'express';
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { DEFAULT_RATE } from '../domain/bulk-run.ts';
import { AppError } from '../domain/errors.ts';
import { cadenceOfScope } from '../domain/pauses.ts';
import type { Action } from '../domain/policy.ts';
import { liftAndTell, resumeAndTell } from '../store/go-on.ts';
import type { ConsoleDeps } from './deps.ts';
import { chosen, field } from './fields.ts';
import { csrfField, type Html } from './layout.ts';
import { actorAtAll, requireAtAll, type Visitor, visitorOf } from './session.ts';

/** What the page says afterwards. */
export const PAUSE_SAID = {
  'resume-pause': 'It is resumed: what fell due meanwhile goes on, lead by lead.',
  'lift-refusal': 'Mails may go to it again: those that wait leave now, one after the other.',
} as const;
type Doing = keyof typeof PAUSE_SAID;

const PATH = '/console/attention/pauses';
const RELOAD = 'Load the page again, and repeat.';

/** @param scope Of the pause. Nothing for who may not resume it. */
export function resumeButton(visitor: Visitor, scope: string): Html | '' {
  const cadence = cadenceOfScope(scope);
  return button(visitor, scope, 'resume-pause', cadence === null ? 'Resume all sending' : `Resume ‘${cadence}’`);
}

/** @param receiver That refuses our mails. Nothing for who may not lift it. */
export function liftButton(visitor: Visitor, receiver: string): Html | '' {
  const form = button(
    visitor,
    receiver,
    'lift-refusal',
    html`The cause is mended<span class="hidden">: ${receiver}</span>`,
  );
  return form === '' ? '' : html`Mend the cause, then ${form}`;
}

function button(visitor: Visitor, ref: string, doing: Doing, label: Html | string): Html | '' {
  if (actorAtAll(visitor, neededFor(doing, ref)) === null) return '';
  return html`<form method="post" action="${PATH}">
    ${csrfField(visitor.csrf)}<input type="hidden" name="ref" value="${ref}" /><button name="do" value="${doing}">
      ${label}
    </button>
  </form>`;
}

function neededFor(doing: Doing, ref: string): Action {
  return doing === 'resume-pause' && cadenceOfScope(ref) !== null ? 'pause-cadence' : 'pause-sending';
}

export function pauseActions(router: Router, { store, bulkRuns, broadcasts }: ConsoleDeps): void {
  const { db } = store;
  const processes = { bulkRuns, broadcasts };
  router.post('/attention/pauses', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    requireAtAll(visitor, 'pause-sending');
    const ref = field(request, 'ref');
    const doing = chosen(request, 'do', PAUSE_SAID, RELOAD);
    const by = actorHandle(requireAtAll(visitor, neededFor(doing, ref)));
    if (doing === 'resume-pause') await resume(ref, by);
    else await lift(ref, by);
    response.redirect(303, `/console/attention?done=${doing}`);
  });

  async function resume(scope: string, by: string): Promise<void> {
    const resumed = await resumeAndTell(db, processes, scope, { by, rate: DEFAULT_RATE });
    if (resumed === null) throw new AppError('CONFLICT', 'It is not paused any more.');
  }

  async function lift(receiver: string, by: string): Promise<void> {
    const lifted = await liftAndTell(db, processes, receiver, { by, rate: DEFAULT_RATE });
    if (lifted === null) throw new AppError('CONFLICT', 'It refuses our mails no more.');
  }
}
