/** `broadcast new`, `list`, `show`, `preview`, `start`, `watch`, `pause`, `resume` and `cancel`: thin calls into the API. */
import { setTimeout } from 'node:timers/promises';
import Table from 'cli-table3';
import { isBroadcastOver } from '../domain/broadcast.ts';
import type { Config } from '../runtime/config.ts';
import { broadcastInWords, type BroadcastShown, howFar, scheduleInWords, stateInWords } from './broadcast-words.ts';
import type { Answer } from './command.ts';
import { withApi } from './reach.ts';

const SHOWN = 50;
const LOOK_EVERY_MS = 1_000;

export interface NewBroadcastOptions {
  /** One, or `--variant` several times. */
  template?: string;
  variant?: string[];
  share?: number;
  for?: string;
  by?: string;
  ifUnclear?: string;
  segment?: string;
  /** A condition as JSON. */
  when?: object;
  at?: string;
  local?: string;
  rate?: number;
  again?: boolean;
}

/** @throws AppError with what is wrong of it, field by field */
export async function broadcastNew(config: Config, key: string, options: NewBroadcastOptions): Promise<Answer> {
  const { at, local, variant, share, for: length, by, ifUnclear, ...rest } = options;
  const trial = { share, for: length, by, ifUnclear };
  const variants = variant?.map((written) => {
    const [template, ...subject] = written.split('=');
    return { template, ...(subject.length === 0 ? {} : { subject: subject.join('=') }) };
  });
  const schedule = at !== undefined ? { at } : local !== undefined ? { local } : undefined;
  return withApi(config, async (api) => {
    const body = {
      key,
      ...rest,
      ...(schedule === undefined ? {} : { schedule }),
      ...(variants === undefined ? {} : { variants, trial }),
    };
    return told(await api.post<BroadcastShown>('/v1/broadcasts', body));
  });
}

export async function broadcastList(config: Config): Promise<Answer> {
  return withApi(config, async (api) => {
    const { items } = await api.get<{ items: BroadcastShown[] }>(`/v1/broadcasts?limit=${SHOWN}`);
    if (items.length === 0)
      return { data: { items }, text: 'There is no broadcast yet: `nurture broadcast new` plans one.' };
    const table = new Table({ head: ['Broadcast', 'Message', 'When', 'Status'], style: { head: [], border: [] } });
    for (const one of items) table.push([one.key, one.template, scheduleInWords(one.schedule), stateInWords(one)]);
    return { data: { items }, text: table.toString() };
  });
}

/** @throws AppError NOT_FOUND */
export async function broadcastShow(config: Config, key: string): Promise<Answer> {
  return withApi(config, async (api) => told(await api.get<BroadcastShown>(pathOf(key))));
}

/** Waits until it is over or stands still. The bar is drawn on a terminal only. @throws AppError NOT_FOUND */
export async function broadcastWatch(
  config: Config,
  key: string,
  out: NodeJS.WriteStream = process.stderr,
): Promise<Answer> {
  return withApi(config, async (api) => {
    for (;;) {
      const one = await api.get<BroadcastShown>(pathOf(key));
      const rests = isBroadcastOver(one.status) || one.status !== 'running';
      if (out.isTTY) out.write(`\r\u001B[2K${howFar(one)}  ${stateInWords(one)}${rests ? '\n' : ''}`);
      if (rests) return { ...told(one), exitCode: one.status === 'done' ? 0 : 1 };
      await setTimeout(LOOK_EVERY_MS);
    }
  });
}

/** @throws AppError NOT_FOUND; CONFLICT for a broadcast that cannot become that */
export async function broadcastChange(
  config: Config,
  key: string,
  word: 'preview' | 'start' | 'pause' | 'resume' | 'cancel',
  body?: { rate?: number },
): Promise<Answer> {
  return withApi(config, async (api) => told(await api.post<BroadcastShown>(`${pathOf(key)}/${word}`, body)));
}

/** @throws AppError NOT_FOUND; CONFLICT when it is decided */
export async function broadcastWinner(config: Config, key: string, variant: string): Promise<Answer> {
  return withApi(config, async (api) => told(await api.post<BroadcastShown>(`${pathOf(key)}/winner`, { variant })));
}

function told(one: BroadcastShown): Answer {
  return { data: one, text: broadcastInWords(one) };
}

function pathOf(key: string): string {
  return `/v1/broadcasts/${encodeURIComponent(key)}`;
}
