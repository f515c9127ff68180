/** A plan on the page of targets: what it takes, whether there is time for it, from where the leads come, and what is under way already. */
import { html } from 'hono/html';
import {
  beginOfLayer,
  earliestEnd,
  expectedOf,
  type Measured,
  TARGET_LAYERS,
  type TargetPlan,
} from '../domain/target.ts';
import { CAMPAIGNS } from '../reports/campaigns.ts';
import { FUNNEL } from '../reports/funnel.ts';
import type { TargetAsked, TargetWords } from '../reports/ask-target.ts';
import { dayInWords, inWords, NOT_KNOWN } from '../reports/words.ts';
import type { Html } from './layout.ts';
import { linksOf } from './report-words.ts';
import { behind, figureOfLayer, LAYER_WORDS, MEASURED, PATH, table } from './target-parts.ts';

export interface Shown {
  plan: TargetPlan;
  asked: TargetAsked;
  measured: Measured;
  words: TargetWords;
  /** YYYY-MM-DD. */
  today: string;
  currency: string;
  /** Who sees some leads alone is not told what campaigns cost. */
  seesCosts: boolean;
}

export function planPart(shown: Shown): Html {
  const { plan, asked, measured, today, currency } = shown;
  const money = (minor: number | null): string => inWords(minor, 'money', currency);
  const count = (value: number): string => inWords(value, 'count', currency);
  const day = (at: string | null): string =>
    at === null ? NOT_KNOWN : `${dayInWords(at)}${at < today ? ', past' : ''}`;
  return html`<section>
    <h2>What it takes: customers from ${dayInWords(asked.from)} to ${dayInWords(asked.until)}</h2>
    ${timePart(shown)}
    ${table(
      'What it takes',
      ['Stage', 'Needs', 'Of the stage before', 'From', 'By'],
      plan.layers.map(({ layer, needed, by }) => [
        LAYER_WORDS[layer],
        count(needed),
        layer === 'came' ? NOTHING : inWords(measured.rates[layer], 'share', currency),
        day(by === null ? null : beginOfLayer(by, asked.from, asked.until)),
        day(by),
      ]),
    )}
    <p class="soft">
      Half of the needs take longer than the median from coming in to being won: who comes in later than the day shown
      is likely to be won after the end.
    </p>
    ${pacePart(shown)}${openPart(shown)}${measuredPart(measured)}
    <h2>From where</h2>
    ${table(
      'From where',
      ['Campaign', 'Leads', 'Customers', 'Cost', 'Came in, last 12 months', 'Won of these'],
      [
        ...plan.activities.map(({ activity, leads, won, costMinor }, i) => [
          activity ?? NOT_KNOWN,
          count(leads),
          String(won),
          money(costMinor),
          behind(measured.activities[i]?.leads ?? 0, OF_CAMPAIGNS.leads('leads', activity)),
          behind(measured.activities[i]?.won ?? 0, OF_CAMPAIGNS.leads('won', activity)),
        ]),
        [costOfWhom(shown), '', '', isCostKnown(plan) ? money(plan.costMinor) : NOTHING, '', ''],
      ],
    )}
    <h2>Of which product line</h2>
    ${table(
      'Of which product line',
      ['Product line', 'Leads', 'Customers', 'Won, last 12 months'],
      plan.productLines.map(({ productLine, leads, customers }, i) => [
        productLine ?? NOT_KNOWN,
        count(leads),
        String(customers),
        behind(measured.productLines[i]?.won ?? 0, OF_LINES.leads('won', productLine)),
      ]),
    )}
    <p class="soft">
      What it takes is a plan: no lead is behind it. The leads are behind what was measured in the last 12 months.
    </p>
  </section>`;
}

const NOTHING = '–';
const OF_LAST_YEAR = linksOf(FUNNEL, { since: MEASURED });
const OF_LINES = linksOf(FUNNEL, { since: MEASURED, by: 'productLine' });
const OF_CAMPAIGNS = linksOf(CAMPAIGNS, { since: MEASURED, by: 'campaign' });

/** What the shares and times are made of. */
function measuredPart({ needs, days }: Measured): Html | '' {
  if (needs === undefined) return '';
  return html`<h2>What was measured: the last 12 months</h2>
    ${table(
      'What was measured',
      ['Stage', 'Needs', 'Of the stage before', 'Half of them within'],
      TARGET_LAYERS.map((layer, i) => {
        const before = needs[TARGET_LAYERS[i - 1] ?? 'came'];
        const half = layer === 'came' ? null : days[layer];
        return [
          LAYER_WORDS[layer],
          behind(needs[layer], OF_LAST_YEAR.leads(figureOfLayer(layer), undefined)),
          inWords(i === 0 || before === 0 ? null : needs[layer] / before, 'share', ''),
          inWords(half === null ? null : half * 86_400, 'seconds', ''),
        ];
      }),
    )}`;
}

/** Of how many of the leads the cost is. */
function costOfWhom({ plan: { activities, layers }, seesCosts }: Shown): string {
  const all = layers[0]?.needed ?? 0;
  const known = activities.reduce((sum, { leads, costMinor }) => sum + (costMinor === null ? 0 : leads), 0);
  if (known === all) return 'All';
  const hidden = 'what campaigns cost is told only to who sees all leads';
  const count = (leads: number): string => inWords(leads, 'count', '');
  if (known === 0) return seesCosts ? 'No cost is known' : `All: ${hidden}`;
  return `For ${count(known)} of ${count(all)} leads; ${seesCosts ? 'of the others no cost is known' : hidden}`;
}

function isCostKnown({ activities }: TargetPlan): boolean {
  return activities.some(({ costMinor }) => costMinor !== null);
}

/** What the calendar says against the plan. */
function timePart({ plan, asked, measured, words, today }: Shown): Html | '' {
  const by = plan.layers[0]?.by ?? null;
  const earliest = earliestEnd(today, measured.days);
  if (by === null || earliest === null) return '';
  const days = Math.round(measured.days.won ?? 0);
  if (by < today) {
    const again = new URLSearchParams({ ...(words as Record<string, string>), until: earliest });
    return html`<p class="problem">
      New leads cannot reach ${dayInWords(asked.until)} in time: half of those who are won take ${days} days or more
      from coming in, so they would have had to come in by ${dayInWords(by)}. The earliest end that leads of today reach
      is <a href="${PATH}?${again.toString()}">${dayInWords(earliest)}</a>.
    </p>`;
  }
  if (beginOfLayer(by, asked.from, asked.until) >= today) return '';
  return html`<p>
    The first customers come of needs that are open already: leads of today are won by ${dayInWords(earliest)}, half of
    those who are won at all.
  </p>`;
}

/** What the plan takes beside what came in lately. */
function pacePart({ plan, asked, measured, currency }: Shown): Html | '' {
  const [came] = plan.layers;
  const last = measured.needs?.came;
  if (came === undefined || came.by === null || last === undefined || last === 0) return '';
  const days = daysBetween(beginOfLayer(came.by, asked.from, asked.until), came.by);
  const atPace = (last * days) / Number.parseInt(MEASURED, 10);
  const times = Math.round((came.needed / atPace) * 10) / 10;
  const count = (value: number): string => inWords(Math.round(value), 'count', currency);
  return html`<p>
    At the pace of the last 12 months about ${count(atPace)} leads come in within as many days (${count(days)}). The
    plan takes ${count(came.needed)}:
    ${times === 1 ? 'about as many' : `about ${times.toLocaleString('en')} times as many`}.
  </p>`;
}

/** Both days (YYYY-MM-DD) included. */
function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1;
}

function openPart({ plan, measured, currency }: Shown): Html | '' {
  const expected = expectedOf(measured);
  if (expected === null || measured.open === undefined) return '';
  const open = Object.values(measured.open).reduce((sum, some) => sum + some, 0);
  const left = Math.max(0, plan.customers - expected);
  const leads = Math.ceil(((plan.layers[0]?.needed ?? 0) * left) / plan.customers);
  const count = (value: number): string => inWords(Math.round(value * 10) / 10, 'count', currency);
  return html`<p>
    Needs that are open now are not taken off above.
    <a href="${OF_LAST_YEAR.leads('underWay', undefined)}">${count(open)}</a> are under way, of which the shares above
    expect ${count(expected)} customers in the end, not all of them in time. With all of these, ${count(left)} customers
    are left to win, for which ${count(leads)} leads have to come in.
  </p>`;
}
