/** What is asked of target planning, as a form: the goal, and a slider with a number for every share that can be assumed otherwise. */
import { html } from 'hono/html';
import { decimalsOf } from '../domain/currency.ts';
import type { AppError } from '../domain/errors.ts';
import { costOfLead, type Measured, mixOf } from '../domain/target.ts';
import { ACTIVITY_WORDS } from '../reports/ask-activities.ts';
import { RATE_LAYERS, type TargetAsked, type TargetWords } from '../reports/ask-target.ts';
import { NOT_KNOWN } from '../reports/words.ts';
import type { SavedPlan } from '../store/target-plans.ts';
import { fieldsOfForm, type Refused } from './form-fields.ts';
import type { Html } from './layout.ts';
import { LAYER_WORDS, PATH, table, typedAmount } from './target-parts.ts';
import { wrongByField } from './wrong.ts';

const WORDS = ['goal', 'amount', 'from', 'until'];

/** Activities whose share and cost can be assumed otherwise on the page: those with the most leads. */
const MOST_ACTIVITIES = 12;
const LONGEST_NAME = 100;

/**
 * What is asked, out of the fields of the form or an address. A share that only its slider was moved for is that of the slider. What is sent as
 * it was shown (`was-KEY`) is what was behind it: the figure that was assumed (`exact-KEY`), which is rounded on the page, or the one that was
 * measured.
 */
export function targetWordsOf(given: Readonly<Record<string, unknown>>): TargetWords {
  const word = (key: string): string => {
    const value = given[key];
    return typeof value === 'string' ? value.trim().slice(0, 40) : '';
  };
  const chosen = (key: string, slide?: string): readonly [string, string] => {
    const [typed, was] = [word(key), word(`was-${key}`)];
    const slid = slide === undefined ? '' : word(slide);
    const value = slid !== '' && slid !== was && (typed === was || typed === '') ? slid : typed;
    return [key, value !== '' && value === was ? word(`exact-${key}`) : value];
  };
  const ofActivities = Object.keys(given)
    .filter((key) => key.length <= LONGEST_NAME + 5 && ACTIVITY_WORDS.some((one) => key.startsWith(one)))
    .slice(0, 2 * MOST_ACTIVITIES);
  const words = [
    ...WORDS.map((key) => [key, word(key)] as const),
    chosen('value'),
    ...RATE_LAYERS.map((layer) => chosen(`rate-${layer}`, `slide-${layer}`)),
    ...ofActivities.map((key) => chosen(key)),
  ];
  return Object.fromEntries(words.filter(([, value]) => value !== ''));
}

/** The words that ask for a saved plan again; null where its time is over. */
export function wordsOfPlan({ goal, until, plan, assumed, currency }: SavedPlan, today: string): TargetWords | null {
  if (until <= today) return null;
  const rates = RATE_LAYERS.flatMap((layer) => {
    const rate = assumed.rates[layer];
    return rate === null || rate <= 0 ? [] : [[`rate-${layer}`, String(rate * 100)] as const];
  });
  const activities = assumed.activities.flatMap(({ activity, assumed: { share, costMinor } = {} }) => [
    ...(share === undefined ? [] : [[`mix-${activity ?? ''}`, String(share * 100)] as const]),
    ...(costMinor === undefined ? [] : [[`cost-${activity ?? ''}`, typedAmount(costMinor, currency)] as const]),
  ]);
  return {
    goal: 'customers' in goal ? 'customers' : 'money',
    amount: 'customers' in goal ? String(goal.customers) : typedAmount(goal.moneyMinor, currency),
    ...(plan.from !== undefined && plan.from > today && { from: plan.from }),
    until,
    ...(assumed.valueMinor !== null && { value: typedAmount(assumed.valueMinor, currency) }),
    ...Object.fromEntries([...rates, ...activities]),
  };
}

/** The fields as the form names them. */
export function labelsOfAsk(currency: string): ReadonlyMap<string, string> {
  return new Map([
    ['amount', 'How much'],
    ['from', 'Customers from'],
    ['until', 'Until'],
    ['value', `A customer is worth (${currency})`],
    ['mix', 'From where, and for how much'],
    ...RATE_LAYERS.map((layer) => [`rate-${layer}`, LAYER_WORDS[layer]] as const),
  ]);
}

interface AskShown {
  asked: TargetAsked;
  measured: Measured;
  currency: string;
  /** As they were typed: where they are wrong, `asked` is not of them. */
  words: TargetWords;
  wrong: AppError | null;
}

export function askForm(shown: AskShown): Html {
  const { asked, measured, currency, words, wrong } = shown;
  const { goal, from, until } = asked;
  const { rates, valueMinor } = measured;
  const isMoney = 'moneyMinor' in goal;
  const target = words['amount'] ?? (isMoney ? typedAmount(goal.moneyMinor, currency) : String(goal.customers));
  const value = words['value'] ?? (valueMinor === null ? '' : wholeAmount(valueMinor, currency));
  const { input, select } = fieldsOfForm('ask', wrong && refusedAsk(wrong, { ...words, amount: target, value }));
  return html`<form class="card ask" method="get" action="${PATH}">
      <div class="fields">
        <div>
          ${select(
            'goal',
            'Target in',
            { customers: 'customers', money: `${currency} of won needs` },
            { value: words['goal'] ?? 'customers' },
          )}
        </div>
        <div>${input('amount', 'How much', { required: true, inputmode: 'decimal', value: target, longest: 40 })}</div>
        <div>${input('from', 'Customers from', { type: 'date', value: words['from'] ?? from })}</div>
        <div>${input('until', 'Until', { type: 'date', required: true, value: words['until'] ?? until })}</div>
        <div>
          ${input('value', `A customer is worth (${currency})`, { inputmode: 'decimal', value, longest: 40 })}
          ${asShown('value', value, words)}
        </div>
      </div>
      <fieldset>
        <legend>What if</legend>
        <div class="fields">${RATE_LAYERS.map((layer) => rateField(layer, rates[layer], shown))}</div>
      </fieldset>
      ${activitiesPart(shown)}
      <button class="main">Plan</button> <a href="${PATH}">As measured</a>
    </form>
    <script src="/console/sliders.js" defer></script>`;
}

/** What was shown, and the figure behind it where it was assumed: who changes nothing asks for that again. */
function asShown(key: string, value: string, words: TargetWords): Html {
  const exact = words[key];
  return html`<input type="hidden" name="was-${key}" value="${value}" />${
      exact === undefined ? '' : html`<input type="hidden" name="exact-${key}" value="${exact}" />`
    }`;
}

function refusedAsk(error: AppError, typed: TargetWords): Refused {
  const wrong = wrongByField(error);
  return {
    form: 'ask',
    valueOf: (name) => typed[name] ?? '',
    valuesOf: () => [],
    wrong,
    error,
    labels: new Map(),
  };
}

function rateField(layer: (typeof RATE_LAYERS)[number], rate: number | null, { words, wrong }: AskShown): Html {
  const key = `rate-${layer}`;
  const typed = wrong === null ? undefined : words[key];
  const percent = Math.round((rate ?? 0) * 1_000) / 10;
  const figure = typed ?? String(Math.max(percent, 0.1));
  const refused = wrong === null ? undefined : wrongByField(wrong).get(key);
  return html`<div>
    <label for="${key}"
      >${LAYER_WORDS[layer]}: <span id="figure-${layer}">${typed ?? percent}</span>% of the stage before</label
    >
    <div class="slider">
      <input
        name="slide-${layer}"
        type="range"
        min="0.1"
        max="100"
        step="0.1"
        value="${figure}"
        aria-label="${LAYER_WORDS[layer]}, percent of the stage before"
        data-number="${key}"
        data-figure="figure-${layer}"
      />
      <input
        id="${key}"
        name="${key}"
        type="number"
        min="0.1"
        max="100"
        step="0.1"
        value="${typed === undefined && (rate === null || percent === 0) ? '' : figure}"
        ${refused === undefined ? '' : html`aria-invalid="true" aria-describedby="wrong-${key}"`}
      />
      ${asShown(key, figure, words)}
    </div>
    ${refused === undefined ? '' : html`<p class="problem" id="wrong-${key}">${refused}</p>`}
  </div>`;
}

/** For a channel that becomes dearer, or brings another part of the leads. */
function activitiesPart({ measured, currency, words, wrong }: AskShown): Html | '' {
  const mix = mixOf(measured.activities);
  const most = measured.activities
    .map((one, i) => ({ one, name: one.activity ?? '', share: mix[i] ?? 0 }))
    .filter(({ name }) => name.length <= LONGEST_NAME)
    .slice(0, MOST_ACTIVITIES);
  if (most.length === 0) return '';
  const refused = wrong === null ? undefined : wrongByField(wrong).get('mix');
  const isOpen =
    refused !== undefined || Object.keys(words).some((key) => ACTIVITY_WORDS.some((one) => key.startsWith(one)));
  const cell = (key: string, label: string, value: string): Html =>
    html`<input
        name="${key}"
        aria-label="${label}"
        inputmode="decimal"
        maxlength="40"
        size="10"
        value="${(wrong === null ? undefined : words[key]) ?? value}"
      />${asShown(key, value, words)}`;
  return html`<details ${isOpen ? 'open' : ''}>
    <summary>From where, and for how much: the share of the leads and the cost of a lead</summary>
    ${refused === undefined ? '' : html`<p class="problem" id="wrong-mix">${refused}</p>`}
    ${table(
      'From where, and for how much',
      ['Campaign', 'Of the leads, %', `A lead costs, ${currency}`],
      most.map(({ one, name, share }) => {
        const title = one.activity ?? NOT_KNOWN;
        const cost = costOfLead(one);
        return [
          title,
          cell(`mix-${name}`, `${title}, percent of the leads`, String(Math.round(share * 1_000) / 10)),
          cell(`cost-${name}`, `${title}, cost of a lead`, cost === null ? '' : typedAmount(cost, currency)),
        ];
      }),
    )}
    <p class="soft small">
      The campaigns whose share is left as it is bring the rest, as they did. The shares of the stages stay those above.
    </p>
  </details>`;
}

function wholeAmount(minor: number, currency: string): string {
  return String(Math.round(minor / 10 ** decimalsOf(currency)));
}
