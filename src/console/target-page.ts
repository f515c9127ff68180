/** Planning backwards from a target: what it takes, what if, and saved plans beside what happened. */
import type { Request, Response, Router } from 'express';
import { html } from 'hono/html';
import { type AppError, ERROR_CODES, isAppError } from '../domain/errors.ts';
import { scopeOf } from '../domain/policy.ts';
import { planTarget } from '../domain/target.ts';
import { answer } from '../reports/answer.ts';
import { readAsk } from '../reports/ask.ts';
import { readTargetAsk, type TargetAsked, type TargetWords, withAssumed } from '../reports/ask-target.ts';
import { measuredOf, TARGET } from '../reports/measure-target.ts';
import { currencyOf } from '../reports/money.ts';
import { dayOf } from '../reports/periods.ts';
import { needsWithin, SO_FAR } from '../reports/so-far.ts';
import { listPlans, type SavedPlan, savePlan } from '../store/target-plans.ts';
import type { ConsoleDeps } from './deps.ts';
import { field } from './fields.ts';
import { fieldsOfForm, type Refused, refusedOf } from './form-fields.ts';
import { csrfField, type Html, problem, said, sendPage } from './layout.ts';
import { headOf } from './navigation.ts';
import { askForm, labelsOfAsk, targetWordsOf, wordsOfPlan } from './target-form.ts';
import { MEASURED, PATH, requirePlanner } from './target-parts.ts';
import { planPart } from './target-plan.ts';
import { ofScope, reachOf, scopeOfPlan, whatTheyAre, whoseFigures } from './target-scope.ts';
import { begunDays, savedPart, type SavedShown } from './target-saved.ts';
import { asOfPart, linkOnPaper } from './report-parts.ts';
import { isRenewed, shownByOf } from './report-words.ts';
import { boardOf, requireAtAll, type Visitor, visitorOf } from './session.ts';
import { problemInWords, wrongField } from './wrong.ts';

/** How what is not kept is counted: see `answer`. */
interface Haste {
  fresh?: boolean;
  shownBy?: number | undefined;
}

const DONE: Readonly<Record<string, string>> = {
  saved: 'The plan is saved.',
  deleted: 'The plan is deleted.',
  gone: 'The plan is gone already: somebody deleted it before.',
};

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
    const counted = measuredOf(answered.sections);
    const measured = withAssumed(counted, asked);
    return {
      measuredValueMinor: counted.valueMinor,
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
    const error = wrong ?? refused;
    const saved = boardOf(visitor) === null ? [] : await withSoFar(await listPlans(store.db), asker, today, haste);
    const mayBeSaved = !('missing' in plan) && boardOf(visitor) !== null;
    const planned =
      'missing' in plan
        ? html`<p class="problem">
            This cannot be told yet: nothing is known of ${plan.missing}. Assume a value above.
          </p>`
        : planPart({ plan, asked, measured, words, today, currency, seesCosts: asker.scope.kind === 'all' });
    // A plan of other values than those that were typed would be taken for what was asked.
    const ofAsk =
      wrong !== null
        ? ''
        : html`${asOfPart(answered, ofYear, `${path}${path.endsWith('?') ? '' : '&'}fresh=1`)}${planned}
          ${mayBeSaved ? saveForm(visitor, words, refused && refusedOf('save', request, refused)) : ''}`;
    const content = html`${said(DONE, request)}${problem(error && problemInWords(error, labelsOfAsk(currency)))}
      <p>
        How many leads does a target take, from where, by when, and for how much? The shares and times are those of the
        last year; assume others to see what they change.
      </p>
      <p><strong>${whoseFigures(asker.scope)}</strong> ${whatTheyAre(asker.scope)}</p>
      ${linkOnPaper(settings.publicUrl, path)} ${askForm({ asked, measured, currency, words, wrong })}
      ${ofAsk}${savedPart(saved, visitor, today)}`;
    const frame = {
      title: 'Target planning',
      under: 'Reports',
      companyName: settings.organization.companyName,
      who: headOf(visitor),
    };
    await sendPage(response, error === null ? 200 : ERROR_CODES[error.code].status, frame, content);
  }

  /** Plans with what came to each layer within the days that they have for it: counted once for all of them. */
  async function withSoFar(
    plans: readonly SavedPlan[],
    asker: ReturnType<typeof askerOf>,
    today: string,
    { shownBy }: Haste,
  ): Promise<SavedShown[]> {
    const shown: SavedShown[] = [];
    // Plans of the same leads are counted together, one scope after the other.
    for (const [, those] of Map.groupBy(plans, ({ plan }) => JSON.stringify(plan.of ?? null))) {
      const scope = scopeOfPlan(those[0]?.plan.of);
      const reach = reachOf(scope, asker.scope);
      const [first] = those.flatMap((one) => begunDays(one, today).map(({ since }) => since)).toSorted();
      const ask = first === undefined ? null : readAsk(SO_FAR, { since: first, until: today }, { ...asker, scope });
      const sections =
        ask === null || reach === 'unseen' ? [] : (await answer(store, SO_FAR, ask, { shownBy })).sections;
      for (const one of those)
        shown.push({
          one,
          reach,
          soFar: new Map(begunDays(one, today).map((days) => [days.layer, needsWithin(sections, days)])),
          words: wordsOfPlan(one, today),
        });
    }
    return shown.toSorted((a, b) => plans.indexOf(a.one) - plans.indexOf(b.one));
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
    const { asked, measured, plan, currency, wrong, today, measuredValueMinor, asker } = await planOf(visitor, words);
    const refuse = (message: string) => show(request, response, visitor, words, wrongField('name', message));
    if (wrong !== null || 'missing' in plan) return show(request, response, visitor, words, wrong);
    const name = field(request, 'name', 100);
    if (name === '') return refuse('Give the plan a name.');
    const id = await savePlan(store.db, {
      name,
      goal: asked.goal,
      from: today,
      until: asked.until,
      assumed: { ...measured, measuredValueMinor },
      plan: { ...plan, from: asked.from, ...ofScope(asker.scope) },
      currency,
      createdBy: by,
    });
    if (id === null) return refuse(`There is a plan named ‘${name}’ already: give this one another name.`);
    const asWritten = new URLSearchParams({ ...(words as Record<string, string>), done: 'saved' });
    response.redirect(303, `${PATH}?${asWritten.toString()}`);
  });
}

function saveForm({ csrf }: Visitor, words: TargetWords, refused: Refused | null): Html {
  const { input } = fieldsOfForm('save', refused);
  return html`<form class="card" method="post" action="${PATH}">
    ${csrfField(csrf)}${Object.entries(words).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value ?? ''}" />`)}
    ${input('name', 'Save this plan as', { required: true, longest: 100 })}
    <button>Save</button>
  </form>`;
}
