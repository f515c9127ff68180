/** What is asked of target planning, as a form: the goal, and a slider with a number for every share that can be assumed otherwise. */
import { html } from 'hono/html';
import { decimalsOf } from '../domain/currency.ts';
import type { Measured } from '../domain/target.ts';
import { RATE_LAYERS, type TargetAsked, type TargetWords } from '../reports/ask-target.ts';
import type { SavedPlan } from '../store/target-plans.ts';
import type { Html } from './layout.ts';
import { LAYER_WORDS, PATH } from './target-parts.ts';

const WORDS = ['goal', 'amount', 'from', 'until', 'value'];

/** What is asked, out of the fields of the form or an address. A share that only its slider was moved for is that of the slider. */
export function targetWordsOf(given: Readonly<Record<string, unknown>>): TargetWords {
  const word = (key: string): string => {
    const value = given[key];
    return typeof value === 'string' ? value.slice(0, 40) : '';
  };
  const words = WORDS.map((key) => [key, word(key)] as const);
  const rates = RATE_LAYERS.map((layer) => {
    const [number, slider, was] = ['rate', 'slide', 'was'].map((what) => word(`${what}-${layer}`));
    const isSlid = slider !== '' && slider !== was && (number === was || number === '');
    return [`rate-${layer}`, (isSlid ? slider : number) ?? ''] as const;
  });
  return Object.fromEntries([...words, ...rates].filter(([, value]) => value !== ''));
}

/** The words that ask for a saved plan again; null where its time is over. */
export function wordsOfPlan({ goal, until, plan, assumed, currency }: SavedPlan, today: string): TargetWords | null {
  if (until <= today) return null;
  const whole = (minor: number): string => String(Math.round(minor / 10 ** decimalsOf(currency)));
  const rates = RATE_LAYERS.flatMap((layer) => {
    const rate = assumed.rates[layer];
    return rate === null ? [] : [[`rate-${layer}`, String(Math.max(0.1, Math.round(rate * 1_000) / 10))] as const];
  });
  return {
    goal: 'customers' in goal ? 'customers' : 'money',
    amount: 'customers' in goal ? String(goal.customers) : whole(goal.moneyMinor),
    ...(plan.from !== undefined && plan.from > today && { from: plan.from }),
    until,
    ...(assumed.valueMinor !== null && { value: whole(assumed.valueMinor) }),
    ...Object.fromEntries(rates),
  };
}

/** The fields as the form names them. */
export function labelsOfAsk(currency: string): ReadonlyMap<string, string> {
  return new Map([
    ['amount', 'How much'],
    ['from', 'Customers from'],
    ['until', 'Until'],
    ['value', `A customer is worth (${currency})`],
    ...RATE_LAYERS.map((layer) => [`rate-${layer}`, LAYER_WORDS[layer]] as const),
  ]);
}

export function askForm({ goal, from, until }: TargetAsked, { rates, valueMinor }: Measured, currency: string): Html {
  const isMoney = 'moneyMinor' in goal;
  const whole = (minor: number): string => String(Math.round(minor / 10 ** decimalsOf(currency)));
  return html`<form class="card ask" method="get" action="${PATH}">
      <div class="fields">
        <div>
          <label for="goal">Target in</label
          ><select id="goal" name="goal">
            <option value="customers" ${isMoney ? '' : 'selected'}>customers</option>
            <option value="money" ${isMoney ? 'selected' : ''}>${currency} of won needs</option>
          </select>
        </div>
        <div>
          <label for="amount">How much</label
          ><input
            id="amount"
            name="amount"
            inputmode="numeric"
            required
            value="${isMoney ? whole(goal.moneyMinor) : String(goal.customers)}"
          />
        </div>
        <div><label for="from">Customers from</label><input id="from" name="from" type="date" value="${from}" /></div>
        <div>
          <label for="until">Until</label><input id="until" name="until" type="date" required value="${until}" />
        </div>
        <div>
          <label for="value">A customer is worth (${currency})</label
          ><input id="value" name="value" inputmode="numeric" value="${valueMinor === null ? '' : whole(valueMinor)}" />
        </div>
      </div>
      <fieldset>
        <legend>What if</legend>
        <div class="fields">
          ${RATE_LAYERS.map((layer) => {
            const percent = Math.round((rates[layer] ?? 0) * 1_000) / 10;
            const shown = String(Math.max(percent, 0.1));
            return html`<div>
              <label for="rate-${layer}"
                >${LAYER_WORDS[layer]}: <span id="figure-${layer}">${percent}</span>% of the stage before</label
              >
              <div class="slider">
                <input
                  name="slide-${layer}"
                  type="range"
                  min="0.1"
                  max="100"
                  step="0.1"
                  value="${shown}"
                  aria-label="${LAYER_WORDS[layer]}, percent of the stage before"
                  data-number="rate-${layer}"
                  data-figure="figure-${layer}"
                />
                <input
                  id="rate-${layer}"
                  name="rate-${layer}"
                  type="number"
                  min="0.1"
                  max="100"
                  step="0.1"
                  value="${rates[layer] === null || percent === 0 ? '' : shown}"
                />
                <input type="hidden" name="was-${layer}" value="${shown}" />
              </div>
            </div>`;
          })}
        </div>
      </fieldset>
      <button class="main">Plan</button> <a href="${PATH}">As measured</a>
    </form>
    <script src="/console/sliders.js" defer></script>`;
}
