/** Simulates the manager: enters absences by the API, and hands leads over on the board. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosClient } from './client.ts';
import { type ChaosConsole, hidden, statusOf, valuesOf } from './console.ts';
import { type Managing, type PlannedManaging, REPS } from './plan-managers.ts';
import type { Record } from './record.ts';

export const BOSS = 'boss';
/** So long before now, that the absence has begun for every lead's clock. */
const BEFORE_MS = 60_000;
/** In a short run a rep may have no lead for a while. */
const LOOKS_FOR_MS = 20_000;
const LOOK_EVERY_MS = 1_000;

/** Resolves when all of it is done, or the client gave up. */
export async function manage(
  planned: readonly PlannedManaging[],
  { client, board, record, startedAt }: { client: ChaosClient; board: ChaosConsole; record: Record; startedAt: number },
): Promise<void> {
  for (const { atMs, act } of planned) {
    await sleep(Math.max(0, startedAt + atMs - Date.now()));
    if (act.kind === 'hand-over') await handOver(act, board, record);
    else await setAbsence(act, client, record);
  }
}

async function setAbsence(
  act: Exclude<Managing, { kind: 'hand-over' }>,
  client: ChaosClient,
  record: Record,
): Promise<void> {
  const away =
    act.kind === 'back'
      ? null
      : { from: new Date(Date.now() - BEFORE_MS).toISOString(), until: null, deputy: act.deputy };
  const askedAt = Date.now();
  const { status, body, attempts } = await client.ask({ method: 'PATCH', path: `/v1/reps/${act.rep}`, body: { away } });
  const result = typeof body['code'] === 'string' ? body['code'] : undefined;
  record.add({ email: act.rep, act: act.kind, key: act.rep, status, result, attempts, askedAt });
}

interface OpenLeads {
  text: string;
  leadIds: string[];
}

/** Looks until the rep has a lead, or another rep has; null: nobody got one in time. */
async function leadsOf(rep: string, board: ChaosConsole): Promise<OpenLeads | null> {
  for (const until = Date.now() + LOOKS_FOR_MS; Date.now() < until; await sleep(LOOK_EVERY_MS)) {
    for (const one of [rep, ...REPS.filter((other) => other !== rep)]) {
      const { text } = await board.page(BOSS, `/console/board?rep=${one}`);
      const leadIds = valuesOf(text, 'lead');
      if (leadIds.length > 0) return { text, leadIds };
    }
  }
  return null;
}

async function handOver(
  { rep, to }: Extract<Managing, { kind: 'hand-over' }>,
  board: ChaosConsole,
  record: Record,
): Promise<void> {
  const found = await leadsOf(rep, board);
  if (found === null) return;
  const { text, leadIds } = found;
  const once = hidden(text, 'once');
  const fields = [
    ['csrf', hidden(text, 'csrf')],
    ['once', once],
    ['to', to],
    ['note', 'Ill'],
    ...leadIds.map((id) => ['lead', id] as const),
  ] as const;
  for (const answer of await board.pressTwice(BOSS, '/console/board/hand-over', fields)) {
    const result = await movedBy(answer.location, board);
    const { attempts } = answer;
    record.add({ email: rep, act: 'hand-over', key: once, status: statusOf(answer), result, attempts, leadIds });
  }
}

/** How many leads the hand-over moved, as its page says; undefined: it leads to no page that says so. */
async function movedBy(location: string | null, board: ChaosConsole): Promise<string | undefined> {
  if (location === null) return undefined;
  const { text } = await board.page(BOSS, location);
  return /Handed over: (\d+)\./.exec(text)?.[1];
}
