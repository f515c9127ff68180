/** `runs list`, `show`, `watch`, `pause`, `resume` and `cancel`: thin calls into the API. */
import { setTimeout } from 'node:timers/promises';
import Table from 'cli-table3';
import { isOver } from '../domain/bulk-run.ts';
import { countOf } from '../domain/count-of.ts';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import type { ApiClient } from './client.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';
import { progressInWords, type Run, runInWords, statusInWords, whatInWords } from './run-words.ts';

const SHOWN = 50;
const LOOK_EVERY_MS = 1_000;

export async function runsList(config: Config): Promise<Answer> {
  return withApi(config, async (api) => {
    const { items: runs } = await newest(api, SHOWN);
    if (runs.length === 0)
      return { data: { runs }, text: 'There was no run yet: `nurture publish --migrate` begins one.' };
    const table = new Table({ head: ['Run', 'What', 'Status', 'Progress'], style: { head: [], border: [] } });
    for (const run of runs) table.push([run.id, whatInWords(run), statusInWords(run), progressInWords(run)]);
    return { data: { runs }, text: table.toString() };
  });
}

export async function runsShow(config: Config, runId: string): Promise<Answer> {
  return withApi(config, async (api) => {
    const run = await api.get<Run>(pathOf(runId));
    return { data: run, text: runInWords(run) };
  });
}

/**
 * Waits until the run is over or stands still. Without an id: the newest run. The bar is drawn on a terminal only.
 * @throws AppError NOT_FOUND
 */
export async function runsWatch(
  config: Config,
  runId: string | undefined,
  out: NodeJS.WriteStream = process.stderr,
): Promise<Answer> {
  return withApi(config, async (api) => {
    const id = runId ?? (await newestId(api));
    for (;;) {
      const run = await api.get<Run>(pathOf(id));
      const rests = isOver(run.status) || run.status === 'paused';
      if (out.isTTY) out.write(`\r\u001B[2K${progressInWords(run)}  ${statusInWords(run)}${rests ? '\n' : ''}`);
      if (rests) return { data: run, text: runInWords(run), exitCode: run.status === 'done' ? 0 : 1 };
      await setTimeout(LOOK_EVERY_MS);
    }
  });
}

/** @throws AppError NOT_FOUND; CONFLICT for a run that is over */
export async function runsChange(
  config: Config,
  runId: string,
  word: 'pause' | 'resume' | 'cancel',
  body?: { rate?: number },
): Promise<Answer> {
  return withApi(config, async (api) => {
    const run = await api.post<Run>(`${pathOf(runId)}/${word}`, body);
    return {
      data: run,
      text: `${run.id} is ${run.status}: ${run.done} of ${countOf(run.total, 'lead')} ${run.total === 1 ? 'is' : 'are'} done.`,
    };
  });
}

function newest(api: ApiClient, limit: number): Promise<{ items: Run[] }> {
  return api.get(`/v1/bulk-runs?limit=${limit}`);
}

async function newestId(api: ApiClient): Promise<string> {
  const { items } = await newest(api, 1);
  const [run] = items;
  if (run === undefined) throw new AppError('NOT_FOUND', 'There was no run yet.');
  return run.id;
}

function pathOf(runId: string): string {
  return `/v1/bulk-runs/${encodeURIComponent(runId)}`;
}
