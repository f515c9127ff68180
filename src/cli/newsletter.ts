/** `newsletter list`, `show`, `pause`, `resume` and `send-now`: thin calls into the API. */
import Table from 'cli-table3';
import type { z } from 'zod';
import type { NewsletterView, NewsletterWithIssues } from '../api/schemas/newsletter.ts';
import { countOf } from '../domain/count-of.ts';
import type { Config } from '../runtime/config.ts';
import { calledInSentence } from '../store/lists/names.ts';
import { broadcastInWords, type BroadcastShown } from './broadcast-words.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';

type Shown = z.output<typeof NewsletterView>;

export async function newsletterList(config: Config): Promise<Answer> {
  return withApi(config, async (api) => {
    const { items } = await api.get<{ items: Shown[] }>('/v1/newsletters');
    if (items.length === 0)
      return { data: { items }, text: 'There is no newsletter: newsletters.yaml of the playbook lists them.' };
    const table = new Table({
      head: ['Newsletter', 'Message', 'Times', 'Next', 'State'],
      style: { head: [], border: [] },
    });
    for (const one of items) table.push([one.key, one.template, timesOf(one), nextOf(one), stateOf(one)]);
    return { data: { items }, text: table.toString() };
  });
}

/** @throws AppError NOT_FOUND */
export async function newsletterShow(config: Config, key: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const one = await api.get<z.output<typeof NewsletterWithIssues>>(pathOf(key));
    const issues = one.issues.map(({ key: issue, status, total }, n): [string, string] => [
      n === 0 ? 'Issues' : '',
      `${issue}  ${status}${total === null ? '' : `, ${countOf(total, 'lead')}`}`,
    ]);
    return { data: one, text: inWords(one, issues) };
  });
}

/** @throws AppError NOT_FOUND */
export async function newsletterChange(config: Config, key: string, word: 'pause' | 'resume'): Promise<Answer> {
  return withApi(config, async (api) => {
    const one = await api.post<Shown>(`${pathOf(key)}/${word}`);
    return { data: one, text: inWords(one, []) };
  });
}

/** @throws AppError NOT_FOUND; CONFLICT when no issue goes out, with the reason */
export async function newsletterSendNow(config: Config, key: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const one = await api.post<BroadcastShown>(`${pathOf(key)}/send-now`);
    return { data: one, text: broadcastInWords(one) };
  });
}

function inWords(one: Shown, issues: [string, string][]): string {
  const rows: [string, string][] = [
    ['Newsletter', one.name === one.key ? one.key : `${one.key}  (${one.name})`],
    ['State', stateOf(one)],
    [
      'Message',
      `template ‘${one.template}’${one.topic === null ? ', which is not published' : `, topic ${one.topic}`}`,
    ],
    ['For', one.segment === null ? (one.when ?? '') : `segment ‘${one.segment}’`],
    ['Times', timesOf(one)],
    ['Next', nextOf(one)],
    ...(one.problem === null ? [] : [['Problem', one.problem] as [string, string]]),
    ...(one.passedAt === null ? [] : [['Not sent', `${one.passedAt}: ${one.passedBecause}`] as [string, string]]),
    ...issues,
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}`).join('\n');
}

function timesOf({ times, timeZone }: Shown): string {
  return `${times}, ${timeZone === 'lead' ? 'each lead’s own time' : timeZone}`;
}

function nextOf({ next, paused }: Shown): string {
  if (paused) return 'when it is resumed';
  if (next === null) return 'Temporal does not answer';
  return next[0] ?? 'not scheduled yet';
}

function stateOf({ paused, pauser, isScheduled, problem }: Shown): string {
  if (problem !== null) return 'its schedule was not taken';
  if (paused) return `paused by ${pauser === null ? 'somebody' : calledInSentence(pauser)}`;
  return isScheduled ? 'scheduled' : 'is being scheduled';
}

function pathOf(key: string): string {
  return `/v1/newsletters/${encodeURIComponent(key)}`;
}
