/** Planning backwards from a target: what it takes, what if, and saved plans beside what happened. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { type Scope, scopeOf } from '../domain/policy.ts';
import { planTarget } from '../domain/target.ts';
import { answer } from '../reports/answer.ts';
import { readAsk } from '../reports/ask.ts';
import { readTargetAsk, type TargetAsked, type TargetWords, withAssumed } from '../reports/ask-target.ts';
import { FUNNEL } from '../reports/funnel.ts';
import { measuredOf, TARGET } from '../reports/measure-target.ts';
import { currencyOf } from '../reports/money.ts';
import { dayOf } from '../reports/periods.ts';
import { reachInWords } from '../reports/words.ts';
import { authorOfPlan, deletePlan, listPlans, type SavedPlan, savePlan } from '../store/target-plans.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import { csrfField, type Html, problem, said, sendPage } from './layout.ts';
import { headOf } from './navigation.ts';
import { askForm, labelsOfAsk, targetWordsOf, wordsOfPlan } from './target-form.ts';
import { MEASURED, mayDelete, PATH, savedPart, wordsSince } from './target-parts.ts';
import { planPart } from './target-plan.ts';
import { asOfPart, linkOnPaper } from './report-parts.ts';
import { isRenewed, shownByOf } from './report-words.ts';
import { boardOf, requireAtAll, type Visitor, visitorOf } from './session.ts';
import { problemInWords } from './wrong.ts';

/** How what is not kept is counted: see `answer`. */
interface Haste {
  fresh?: boolean;
  shownBy?: number | undefined;
}

const DONE: Readonly<Record<string, string>> = { saved: 'The plan is saved.', deleted: 'The plan is deleted.' };

export function targetPage(router: Router, deps: ConsoleDeps): void {
  const { store, settings } = deps;

  function askerOf(visitor: Visitor) {
    const scope = scopeOf(requireAtAll(visitor, 'see-reports'), 'see-reports') ?? {
      kind: 'rep' as const,
      repId: '',
      teams: [],
    };
    return { scope, playbook: store.rules.current().playbook, realNowMs: store.realNow() };
  }

  async function planOf(visitor: Visitor, words: TargetWords, { fresh = false, shownBy }: Haste = {}) {
    const asker = askerOf(visitor);
    const currency = currencyOf(asker.playbook);
    const zone = asker.playbook.defaultTimeZone;
    const now = new Date(asker.realNowMs);
    let wrong: AppError | null = null;
    let asked: TargetAsked;
    try {
      asked = readTargetAsk(words, { now, zone, currency });
    } catch (error) {
      if (!isAppError(error)) throw error;
      wrong = error;
      asked = readTargetAsk({}, { now, zone, currency });
    }
    const ofYear = readAsk(TARGET, { since: MEASURED }, asker);
    const answered = await answer(store, TARGET, ofYear, { fresh, shownBy, isStanding: true });
    const measured = withAssumed(measuredOf(answered.sections), asked);
    return {
      asked,
      answered,
      ofYear,
      measured,
      plan: planTarget(asked.goal, asked.until, measured),
      currency,
      wrong,
      today: dayOf(now, zone),
      asker,
    };
  }

  async function show(
    request: Request,
    response: Response,
    visitor: Visitor,
    words: TargetWords,
    refused: AppError | null = null,
  ) {
    const fresh = isRenewed(request);
    // What was sent by a form is not sent again by itself.
    const haste: Haste = { fresh, shownBy: request.method === 'GET' ? shownByOf(store) : undefined };
    const { asked, answered, ofYear, measured, plan, currency, wrong, asker, today } = await planOf(
      visitor,
      words,
      haste,
    );
    const path = `${PATH}?${new URLSearchParams(words as Record<string, string>).toString()}`;
    if (fresh) return response.redirect(303, path);
    const error = refused ?? wrong;
    // One after another: together they would take the connections of everybody else.
    const saved: Parameters<typeof savedPart>[0][number][] = [];
    for (const one of boardOf(visitor) === null ? [] : await listPlans(store.db))
      saved.push({ one, happened: await happenedSince(one, asker, today, haste), words: wordsOfPlan(one, today) });
    const content = html`${said(DONE, request)}${problem(error && problemInWords(error, labelsOfAsk(currency)))}
      <p>
        How many leads does a target take, from where, by when, and for how much? The shares and times are those of the
        last year; assume others to see what they change. ${ofWhom(asker.scope)}
      </p>
      ${linkOnPaper(settings.publicUrl, path)} ${askForm(asked, measured, currency)}
      ${asOfPart(answered, ofYear, `${path}${path.endsWith('?') ? '' : '&'}fresh=1`)}
      ${'missing' in plan ? html`<p class="problem">This cannot be told yet: nothing is known of ${plan.missing}. Assume a value above.</p>` : planPart({ plan, asked, measured, words: wrong === null ? words : {}, today, currency })}
      ${'missing' in plan || boardOf(visitor) === null ? '' : saveForm(visitor, words)}${savedPart(saved, visitor, { currency, today })}`;
    const frame = {
      title: 'Target planning',
      under: 'Reports',
      companyName: settings.organization.companyName,
      who: headOf(visitor),
    };
    await sendPage(response, error === null ? 200 : ERROR_CODES[error.code].status, frame, content);
  }

  /** The needs of each layer that came in since the plan began. */
  async function happenedSince(plan: SavedPlan, asker: ReturnType<typeof askerOf>, today: string, { shownBy }: Haste) {
    const ask = readAsk(FUNNEL, wordsSince(plan, today), asker);
    const [layers] = (await answer(store, FUNNEL, ask, { part: 'first', shownBy })).sections;
    return layers?.rows.map(({ cells }) => Number(cells['leads'] ?? 0)) ?? [];
  }

  router.get('/reports/target', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor !== null) await show(request, response, visitor, targetWordsOf(request.query));
  });

  router.post('/reports/target', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const by = requirePlanner(visitor);
    const words = targetWordsOf(request.body as Record<string, unknown>);
    const { asked, measured, plan, currency, wrong, today } = await planOf(visitor, words);
    const name = field(request, 'name');
    const refused = wrong ?? (name === '' ? new AppError('VALIDATION_FAILED', 'Give the plan a name.') : null);
    if (refused !== null || 'missing' in plan) return show(request, response, visitor, words, refused);
    await savePlan(store.db, {
      name,
      goal: asked.goal,
      from: today,
      until: asked.until,
      assumed: measured,
      plan: { ...plan, from: asked.from },
      currency,
      createdBy: by,
    });
    const asWritten = new URLSearchParams({ ...(words as Record<string, string>), done: 'saved' });
    response.redirect(303, `${PATH}?${asWritten.toString()}`);
  });

  router.post('/reports/target/:id/delete', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    requirePlanner(visitor);
    const { id } = request.params;
    const author = await authorOfPlan(store.db, id);
    if (author === null) throw new AppError('NOT_FOUND', 'There is no such plan.');
    if (!mayDelete(visitor, author))
      throw new AppError('FORBIDDEN', 'A plan is deleted by whoever saved it, or by an admin.');
    await deletePlan(store.db, id);
    response.redirect(303, `${PATH}?done=deleted`);
  });
}

/** Plans are of all who lead: a rep plans for their own leads, and saves nothing. @throws AppError FORBIDDEN */
function requirePlanner(visitor: Visitor): string {
  const actor = requireAtAll(visitor, 'save-report');
  if (boardOf(visitor) === null)
    throw new AppError('FORBIDDEN', 'Plans are saved by marketers, managers and operators.');
  return actorHandle(actor);
}

/** Every lead of a rep was handed over: what comes before says nothing of it. */
function ofWhom(scope: Scope): string {
  return scope.kind === 'all'
    ? ''
    : `${reachInWords(scope)} All of them were handed over: the steps before that are nearly 100%.`;
}

function saveForm({ csrf }: Visitor, words: TargetWords): Html {
  return html`<form class="card" method="post" action="${PATH}">
    ${csrfField(csrf)}${Object.entries(words).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value ?? ''}" />`)}
    <label for="name">Save this plan as</label><input id="name" name="name" required maxlength="100" />
    <button>Save</button>
  </form>`;
}
