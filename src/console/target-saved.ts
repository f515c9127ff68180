/** Saved plans side by side, each beside what happened within its own days. */
import { html } from 'hono/html';
import { countOf } from '../domain/count-of.ts';
import { costOfLead, daysOfLayers, type Measured, mixOf, TARGET_LAYERS, type TargetLayer } from '../domain/target.ts';
import type { TargetWords } from '../reports/ask-target.ts';
import { RATE_LAYERS } from '../reports/ask-target.ts';
import { FUNNEL } from '../reports/funnel.ts';
import { dayInWords, inWords, NOT_KNOWN } from '../reports/words.ts';
import type { SavedPlan } from '../store/target-plans.ts';
import type { Html } from './layout.ts';
import { linksOf } from './report-words.ts';
import type { Visitor } from './session.ts';
import { behind, LAYER_WORDS, mayDelete, PATH, table } from './target-parts.ts';
import { type PlanReach, planOfWhom } from './target-scope.ts';

export interface SavedShown {
  one: SavedPlan;
  /** The needs that came to a layer within the days that the plan has for it; null: these days are to come. */
  soFar: ReadonlyMap<TargetLayer, number | null>;
  reach: PlanReach;
  /** By which it is opened again; null: its time is over. */
  words: TargetWords | null;
}

/** The days of each layer that have begun, up to today (YYYY-MM-DD). */
export function begunDays({ plan, from, until }: SavedPlan, today: string): ReturnType<typeof daysOfLayers> {
  return daysOfLayers(plan, { from, until }).flatMap((days) =>
    days.since > today ? [] : [{ ...days, until: days.until < today ? days.until : today }],
  );
}

const UNSEEN = 'not of your leads alone: not shown to you';

export function savedPart(saved: readonly SavedShown[], visitor: Visitor, today: string): Html | '' {
  if (saved.length === 0) return '';
  const row = (title: Html | string, cell: (shown: SavedShown) => Html | string) => [title, ...saved.map(cell)];
  // What a plan is made of tells the figures of its leads: who does not see these leads has its target and days alone.
  const seen = (title: string, cell: (shown: SavedShown) => Html | string) =>
    row(title, (shown) => (shown.reach === 'unseen' ? UNSEEN : cell(shown)));
  return html`<section>
    <h2>Saved plans, and what happened</h2>
    <p class="soft">
      So far counts what belongs to a plan: the needs that came to a stage within the days that the plan has for it, and
      the customers of its own days, of those leads whose figures it was planned by.
    </p>
    ${table(
      'Saved plans, and what happened',
      ['Plan', ...saved.map(({ one }) => one.name)],
      [
        row('Target', ({ one }) => goalInWords(one)),
        row('Figures of', ({ one }) => planOfWhom(one.plan.of)),
        row('Customers', ({ one }) => daysInWords(one.plan.from ?? one.from, one.until)),
        row('Saved on', ({ one }) => dayInWords(one.from)),
        ...TARGET_LAYERS.map((layer) => seen(LAYER_WORDS[layer], (shown) => layerCell(shown, layer, today))),
        seen('Money it takes', ({ one }) => moneyCell(one)),
        seen('Assumed otherwise than measured', ({ one }) => lines(assumedInWords(one))),
        row('Again', (shown) => actionsOf(shown, visitor)),
      ],
    )}
  </section>`;
}

function goalInWords({ goal, currency }: SavedPlan): string {
  return 'customers' in goal
    ? countOf(goal.customers, 'customer', inWords(goal.customers, 'count', currency))
    : `${inWords(goal.moneyMinor, 'money', currency)} of customers`;
}

function daysInWords(since: string, until: string): string {
  return `${dayInWords(since)} to ${dayInWords(until)}`;
}

function layerCell({ one, soFar, reach }: SavedShown, layer: TargetLayer, today: string): Html {
  const needed = one.plan.layers.find((planned) => planned.layer === layer)?.needed ?? 0;
  const days = daysOfLayers(one.plan, one).find((of) => of.layer === layer);
  const happened = soFar.get(layer) ?? null;
  const begun = begunDays(one, today).find((of) => of.layer === layer);
  const href =
    begun === undefined
      ? ''
      : linksOf(FUNNEL, { since: begun.since, until: begun.until }).leads(`within:${layer}`, undefined);
  return html`${inWords(needed, 'count', '')}<br /><span class="soft"
      >${days === undefined ? '' : daysInWords(days.since, days.until)}<br />${
        happened === null
          ? 'not begun'
          : html`so far
            ${reach === 'theirs' ? inWords(happened, 'count', '') : behind(happened, href)}${needed === 0 ? '' : `, ${inWords(happened / needed, 'share', '')}`}`
      }</span
    >`;
}

function moneyCell({ plan, currency }: SavedPlan): Html | string {
  const money = inWords(plan.costMinor, 'money', currency);
  if (plan.of !== undefined && plan.activities.every(({ costMinor }) => costMinor === null))
    return 'not told: costs are those of all leads';
  const unknown = plan.activities.reduce((sum, one) => sum + (one.costMinor === null ? one.leads : 0), 0);
  return unknown === 0
    ? money
    : html`${money}<br /><span class="soft"
          >without ${countOf(unknown, 'lead', inWords(unknown, 'count', ''))} of no known cost</span
        >`;
}

/** What a plan assumes, each with what was measured when it was saved. */
function assumedInWords({ assumed, currency }: SavedPlan): string[] {
  const share = (value: number): string => inWords(value, 'share', currency);
  const money = (value: number | null): string => (value === null ? NOT_KNOWN : inWords(value, 'money', currency));
  const rates = RATE_LAYERS.flatMap((layer) => {
    const [rate, was] = [assumed.rates[layer], measuredRate(assumed, layer)];
    return rate === null || was === undefined || Math.abs(rate - (was ?? 0)) < 1e-9
      ? []
      : [`${LAYER_WORDS[layer]} ${share(rate)} (${was === null ? NOT_KNOWN : share(was)})`];
  });
  const { measuredValueMinor: was, valueMinor } = assumed;
  const value = was === undefined || was === valueMinor ? [] : [`A customer ${money(valueMinor)} (${money(was)})`];
  const all = assumed.activities.reduce((sum, { leads }) => sum + leads, 0);
  const mix = mixOf(assumed.activities);
  const activities = assumed.activities.flatMap((one, i) => {
    const name = one.activity ?? NOT_KNOWN;
    const { share: given, costMinor } = one.assumed ?? {};
    const ofLeads =
      given === undefined
        ? []
        : [`${name} ${share(mix[i] ?? 0)} of the leads (${share(all === 0 ? 0 : one.leads / all)})`];
    const { assumed: _assumed, ...measured } = one;
    const cost = costMinor === undefined ? [] : [`${name} ${money(costMinor)} a lead (${money(costOfLead(measured))})`];
    return [...ofLeads, ...cost];
  });
  return [...rates, ...value, ...activities];
}

/** Undefined: a plan of an older version does not say. */
function measuredRate({ needs }: Measured, layer: (typeof RATE_LAYERS)[number]): number | null | undefined {
  if (needs === undefined) return undefined;
  const before = needs[TARGET_LAYERS[TARGET_LAYERS.indexOf(layer) - 1] ?? 'came'];
  return before === 0 ? null : needs[layer] / before;
}

function lines(words: readonly string[]): Html | string {
  return words.length === 0 ? 'nothing' : html`${words.map((one, i) => html`${i === 0 ? '' : html`<br />`}${one}`)}`;
}

function actionsOf({ one, words, reach }: SavedShown, visitor: Visitor): Html {
  const open =
    words === null || reach === 'unseen'
      ? ''
      : html`<a href="${PATH}?${new URLSearchParams(words as Record<string, string>).toString()}"
            >Open ${one.name} again</a
          ><br />`;
  return html`${open}${mayDelete(visitor, one.createdBy) ? html`<a href="${PATH}/${one.id}/delete">Delete ${one.name} …</a>` : ''}`;
}
