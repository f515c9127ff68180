/** `campaigns list`, `show`, `end`, `cost`, `attendance`, `feedback` and `remove`: thin calls into the API. */
import Table from 'cli-table3';
import type { z } from 'zod';
import type { CampaignView } from '../api/schemas/campaign.ts';
import { isNamed } from '../domain/campaign.ts';
import { AppError } from '../domain/errors.ts';
import { moneyInWords } from '../domain/money-words.ts';
import { readMoney } from '../domain/written-money.ts';
import type { Config } from '../runtime/config.ts';
import { instantIn } from '../reports/words.ts';
import { calledInSentence } from '../store/lists/names.ts';
import type { ApiClient } from './client.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';

type Shown = z.output<typeof CampaignView>;
interface Listed {
  timeZone: string;
  items: Shown[];
  unlisted: { campaign: string; since: string }[];
}

export async function campaignsList(config: Config): Promise<Answer> {
  return withApi(config, async (api) => {
    const listed = await api.get<Listed>('/v1/campaigns');
    const { items, unlisted, timeZone } = listed;
    const table = new Table({
      head: ['Campaign', 'What it is', 'Of', 'When', 'Budget', 'Spent'],
      style: { head: [], border: [] },
      colAligns: ['left', 'left', 'left', 'left', 'right', 'right'],
    });
    for (const one of items)
      table.push([one.campaign, kindOf(one), one.from, whenOf(one, timeZone), budgetOf(one), spentOf(one)]);
    return {
      data: listed,
      text: [
        items.length === 0
          ? 'There is no campaign: campaigns.yaml of the playbook or the API lists them.'
          : table.toString(),
        ...(unlisted.length === 0
          ? []
          : [`Named by touches, and listed nowhere: ${unlisted.map(({ campaign }) => campaign).join(', ')}`]),
      ].join('\n'),
    };
  });
}

/** @throws AppError NOT_FOUND */
export async function campaignsShow(config: Config, key: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const { one, timeZone } = await find(api, key);
    return { data: one, text: inWords(one, timeZone) };
  });
}

/** @throws AppError NOT_FOUND; CONFLICT for one of campaigns.yaml */
export async function campaignsEnd(config: Config, key: string): Promise<Answer> {
  return withApi(config, async (api) => {
    await api.delete(pathOf(key));
    return {
      data: { campaign: key, ended: true },
      text: `‘${key}’ is ended: it keeps its touches, and has no dates and costs any more.`,
    };
  });
}

/** @param amount With its currency: "1,250.50 EUR" @throws AppError VALIDATION_FAILED, NOT_FOUND */
export async function campaignsCost(
  config: Config,
  key: string,
  amount: string,
  { on = today(), for: what }: { on?: string; for?: string },
): Promise<Answer> {
  const cost = moneyOf(amount);
  return add(config, key, 'costs', { on, cost, ...(what !== undefined && { for: what }) });
}

/** @throws AppError VALIDATION_FAILED, NOT_FOUND */
export async function campaignsAttendance(
  config: Config,
  key: string,
  { on = today(), ...heads }: { on?: string; registered?: number; attended?: number; missed?: number },
): Promise<Answer> {
  return add(config, key, 'attendance', { on, ...heads });
}

/** @throws AppError VALIDATION_FAILED, NOT_FOUND */
export async function campaignsFeedback(
  config: Config,
  key: string,
  { on = today(), ...heard }: { on?: string; rating?: number; answers?: number; words?: string },
): Promise<Answer> {
  return add(config, key, 'feedback', { on, ...heard });
}

/** @throws AppError NOT_FOUND */
export async function campaignsRemove(config: Config, key: string, id: string): Promise<Answer> {
  return withApi(config, async (api) => {
    await api.delete(`${pathOf(key)}/entries/${encodeURIComponent(id)}`);
    return { data: { campaign: key, removed: id }, text: `Removed from ‘${key}’.` };
  });
}

/** Adds an entry, and shows the campaign with it. */
async function add(config: Config, key: string, what: string, body: object): Promise<Answer> {
  return withApi(config, async (api) => {
    const { id } = await api.post<{ id: string }>(`${pathOf(key)}/${what}`, body);
    const { one, timeZone } = await find(api, key);
    return { data: { id, campaign: one }, text: `Added as ${id}.\n${inWords(one, timeZone)}` };
  });
}

async function find(api: ApiClient, key: string): Promise<{ one: Shown; timeZone: string }> {
  const { items, timeZone } = await api.get<Listed>('/v1/campaigns');
  const found = items.find((one) => isNamed(one, key));
  if (found !== undefined) return { one: found, timeZone };
  throw new AppError(
    'NOT_FOUND',
    `There is no campaign ‘${key}’; there are: ${items.map(({ campaign }) => campaign).join(', ') || '(none)'}`,
  );
}

function moneyOf(written: string): { amount: number; currency: string } {
  const [, amount = '', currency = ''] = /^(.*\d)\s*([A-Za-z]{3})$/.exec(written.trim()) ?? [];
  const read = readMoney(amount, currency.toUpperCase());
  if (currency !== '' && read.kind === 'money') return { amount: read.minor, currency: currency.toUpperCase() };
  throw new AppError(
    'VALIDATION_FAILED',
    `‘${written}’ is no amount of money: an amount with its currency is needed, such as "1250.50 EUR"`,
  );
}

function inWords(one: Shown, timeZone: string): string {
  const { campaign, name, goal } = one;
  const goals = Object.entries(goal ?? {}).flatMap(([what, count]) => (count === null ? [] : [`${count} ${what}`]));
  const rows: [string, string][] = [
    ['Campaign', name === null || name === campaign ? campaign : `${campaign}  (${name})`],
    ['Of', one.written === null ? 'campaigns.yaml' : `the API, by ${calledInSentence(one.written.by)}`],
    ...told('What it is', kindOf(one)),
    ...told('When', whenOf(one, timeZone)),
    ...told('Audience', one.audience ?? ''),
    ...told('Goal', goals.join(', ')),
    ...told('Budget', budgetOf(one)),
    ...told('Spent', spentOf(one)),
    ...inOrder(one.costs).map(({ id, on, cost, for: what }): [string, string] => [
      'Cost',
      entry(id, `${on}  ${words(cost)}${what === null ? '' : `  ${what}`}`),
    ]),
    ...one.attendance.map(({ id, on, ...heads }): [string, string] => [
      'Attendance',
      entry(id, `${on}  ${headsIn(heads)}`),
    ]),
    ...one.feedback.map(({ id, on, rating, answers, words: said }): [string, string] => [
      'Feedback',
      entry(
        id,
        [on, rating === null ? null : `${rating}${answers === null ? '' : ` by ${answers}`}`, said]
          .filter((part) => part !== null)
          .join('  '),
      ),
    ]),
  ];
  return rows.map(([title, value]) => `${title.padEnd(10)} ${value}`).join('\n');
}

/** By day: entries of the file and of the API stand together. */
const inOrder = <E extends { on: string }>(entries: readonly E[]): E[] =>
  entries.toSorted((one, other) => one.on.localeCompare(other.on));

const told = (title: string, value: string): [string, string][] => (value === '' ? [] : [[title, value]]);
/** `id`: by which it can be removed; null: the file says it. */
const entry = (id: string | null, value: string): string => (id === null ? value : `${value}  [${id}]`);
const words = ({ amount, currency }: { amount: number; currency: string }): string =>
  moneyInWords(BigInt(amount), currency);

function headsIn(heads: Readonly<Record<'registered' | 'attended' | 'missed', number | null>>): string {
  return Object.entries(heads)
    .flatMap(([what, count]) => (count === null ? [] : [`${count} ${what}`]))
    .join(', ');
}

function kindOf({ type, channel, productLine }: Shown): string {
  return [type, channel, productLine].filter((word) => word !== null).join(', ');
}

/** Days of the organization: "2026-09-01 to 2026-09-30", "from 2026-09-01", "until 2026-09-30". */
function whenOf({ starts, ends, event }: Shown, timeZone: string): string {
  const day = (moment: string | null): string | null =>
    moment === null ? null : instantIn(new Date(moment), timeZone).slice(0, 10);
  const [from, to, at] = [day(starts), day(ends), day(event)];
  return [...daysInWords(from, to), ...(at === null ? [] : [`about ${at}`])].join(', ');
}

function daysInWords(from: string | null, to: string | null): string[] {
  if (from === null) return to === null ? [] : [`until ${to}`];
  if (to === null) return [`from ${from}`];
  return [from === to ? from : `${from} to ${to}`];
}

function budgetOf({ budget }: Shown): string {
  return budget === null ? '' : words(budget);
}

/** Costs of several currencies stand side by side. */
function spentOf({ costs }: Shown): string {
  const sums = Map.groupBy(costs, ({ cost }) => cost.currency);
  return [...sums]
    .map(([currency, those]) => words({ currency, amount: those.reduce((sum, { cost }) => sum + cost.amount, 0) }))
    .join(' and ');
}

/** YYYY-MM-DD, where the command runs. */
function today(): string {
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' }).format(new Date());
}

function pathOf(key: string): string {
  return `/v1/campaigns/${encodeURIComponent(key)}`;
}
