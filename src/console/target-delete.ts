/** Deleting a saved plan: it is asked before, and whoever comes too late is led back. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { AppError } from '../domain/errors.ts';
import { deletePlan, findPlan } from '../store/target-plans.ts';
import type { ConsoleDeps } from './deps.ts';
import { csrfField, sendPage } from './layout.ts';
import { headOf } from './navigation.ts';
import { type Visitor, visitorOf } from './session.ts';
import { mayDelete, PATH, requirePlanner } from './target-parts.ts';

export function targetDelete(router: Router, { store, settings }: ConsoleDeps): void {
  /** Null: whoever asks was answered. @throws AppError FORBIDDEN */
  async function asked(request: Request<{ id: string }>, response: Response) {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return null;
    requirePlanner(visitor);
    const { id } = request.params;
    const plan = await findPlan(store.db, id);
    if (plan === null) {
      response.redirect(303, `${PATH}?done=gone`);
      return null;
    }
    requireOwn(visitor, plan.createdBy);
    return { visitor, id, plan };
  }

  router.get('/reports/target/:id/delete', async (request, response) => {
    const of = await asked(request, response);
    if (of === null) return;
    const { visitor, id, plan } = of;
    const content = html`<form class="card" method="post" action="${PATH}/${id}/delete">
      ${csrfField(visitor.csrf)}
      <p>
        The plan ${plan.name} is deleted for everybody, and cannot be brought back. What happened stays in the reports.
      </p>
      <button class="main">Delete ${plan.name}</button> <a href="${PATH}">Keep it</a>
    </form>`;
    const title = `Delete the plan ${plan.name}?`;
    const { companyName } = settings.organization;
    await sendPage(response, 200, { title, under: 'Reports', companyName, who: headOf(visitor) }, content);
  });

  router.post('/reports/target/:id/delete', async (request, response) => {
    const of = await asked(request, response);
    if (of === null) return;
    const wasThere = await deletePlan(store.db, of.id);
    response.redirect(303, `${PATH}?done=${wasThere ? 'deleted' : 'gone'}`);
  });
}

/** @throws AppError FORBIDDEN */
function requireOwn(visitor: Visitor, author: string): void {
  if (!mayDelete(visitor, author))
    throw new AppError('FORBIDDEN', 'A plan is deleted by whoever saved it, or by an admin.');
}
