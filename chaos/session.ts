/** A run from beginning to end: a stack in a folder of its own, what is done with it, the verdicts, and nothing left over. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { createProgress } from '../src/stack/progress.ts';
import { leftBehind } from './check/left-behind.ts';
import { type ChaosClient, createClient } from './client.ts';
import type { Plan } from './plan.ts';
import { createRecord, type Record } from './record.ts';
import { describeVerdicts, type Verdict } from './report.ts';
import { type ChaosStack, startChaosStack } from './stack.ts';

export interface Session {
  readonly plan: Plan;
  readonly stack: ChaosStack;
  readonly temporal: Client;
  readonly client: ChaosClient;
  readonly record: Record;
  /** Processes that ended though nobody killed them. */
  readonly deaths: readonly string[];
  say(text: string): void;
}

/**
 * Said of a process that was up; one that cannot start while its servers are down is another matter. Code 0 is that of one that was
 * told to end.
 */
const DEATH = /^(api|worker)-\d ended \(exit code [^0]/;

/** Answers with the exit code. */
export async function inSession(
  plan: Plan,
  { title, keep }: { title: string; keep: boolean },
  body: (session: Session) => Promise<Verdict[]>,
): Promise<number> {
  const deaths: string[] = [];
  /** One line each: why a part did not start stands in its log. */
  const say = (text: string): void => {
    if (DEATH.test(text)) deaths.push(`${new Date().toISOString()} ${text.split(';', 1).join('')}`);
    console.error(text.split('\n', 1).join(''));
  };
  const dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-chaos-'));
  const record = createRecord(path.join(dataDir, 'answers.jsonl'));
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopped.abort(new Error(name)));
  const progress = createProgress(process.stderr);
  const stack = await startChaosStack(dataDir, { progress, say, signal: stopped.signal });
  stopped.signal.addEventListener('abort', () => void stack.stop().finally(() => process.exit(130)));
  const verdicts: Verdict[] = [];
  const { address, namespace } = stack.config.temporal;
  const connection = await Connection.connect({ address });
  try {
    const temporal = new Client({ connection, namespace });
    const client = createClient(stack.apis, stack.config.adminApiKey);
    verdicts.push(...(await body({ plan, stack, temporal, client, record, deaths, say })));
  } finally {
    say('  stopping');
    await connection.close();
    await stack.stop();
  }
  verdicts.push({ holds: 'no process is left behind', checked: 1, offenders: await leftBehind(dataDir, stack.ports) });
  console.log(describeVerdicts(verdicts));
  const held = verdicts.every(({ offenders }) => offenders.length === 0);
  console.log(`\n${title}: ${held ? 'every invariant held.' : 'NOT every invariant held.'}`);
  if (keep || !held) say(`Logs, record and database: ${dataDir}`);
  else await rm(dataDir, { recursive: true, force: true });
  return held ? 0 : 1;
}
