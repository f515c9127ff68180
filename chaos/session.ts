/** A run from beginning to end: it starts a stack in its own folder, works on it, gives the verdicts and leaves nothing running. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { onInterruption, untilSignal } from '../src/stack/interruption.ts';
import { createProgress } from '../src/stack/progress.ts';
import { leftBehind } from './check/left-behind.ts';
import { type ChaosClient, createClient } from './client.ts';
import { isDeath } from './deaths.ts';
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
  /** Processes that ended by themselves, although chaos did not kill them. */
  readonly deaths: readonly string[];
  say(text: string): void;
}

/** Returns the exit code. An interrupted run ends this process even when parts of it are still under way. */
export async function inSession(
  plan: Plan,
  { title, keep }: { title: string; keep: boolean },
  body: (session: Session) => Promise<Verdict[]>,
): Promise<number> {
  const deaths: string[] = [];
  const interrupted = onInterruption(() => console.error('Stopping …'));
  /** One line for each. The log of a part says why it did not start. */
  const say = (text: string): void => {
    if (isDeath(text)) deaths.push(`${new Date().toISOString()} ${text.split(';', 1).join('')}`);
    // Failures that follow from an interruption are not reported.
    if (!interrupted.aborted) console.error(text.split('\n', 1).join(''));
  };
  const dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-chaos-'));
  const whereItIs = `Logs, record and database: ${dataDir}`;
  const record = createRecord(path.join(dataDir, 'answers.jsonl'));
  try {
    const verdicts = await onStack(plan, { dataDir, say, interrupted }, (stack, temporal) => {
      const client = createClient(stack.apis, stack.config.adminApiKey);
      return body({ plan, stack, temporal, client, record, deaths, say });
    });
    console.log(describeVerdicts(verdicts));
    const held = verdicts.every(({ offenders }) => offenders.length === 0);
    console.log(`\n${title}: ${held ? 'every invariant held.' : 'NOT every invariant held.'}`);
    if (keep || !held) console.error(whereItIs);
    else await rm(dataDir, { recursive: true, force: true });
    return held ? 0 : 1;
  } catch (error) {
    console.error(whereItIs);
    if (interrupted.aborted) process.exit(130);
    throw error;
  }
}

/** Runs `work` while the stack is up, then adds the verdict on processes left behind. @throws when it is interrupted */
async function onStack(
  { seed }: Plan,
  { dataDir, say, interrupted }: { dataDir: string; say: (text: string) => void; interrupted: AbortSignal },
  work: (stack: ChaosStack, temporal: Client) => Promise<Verdict[]>,
): Promise<Verdict[]> {
  const progress = createProgress(process.stderr);
  const stack = await startChaosStack(dataDir, { seed, progress, say, signal: interrupted });
  const verdicts: Verdict[] = [];
  let connection: Connection | undefined;
  try {
    const { address, namespace } = stack.config.temporal;
    connection = await Connection.connect({ address });
    const working = work(stack, new Client({ connection, namespace }));
    await Promise.race([working, untilSignal(interrupted)]);
    interrupted.throwIfAborted();
    verdicts.push(...(await working));
  } finally {
    say('  stopping');
    await connection?.close();
    await stack.stop();
  }
  verdicts.push({ holds: 'no process is left behind', checked: 1, offenders: await stillThere(dataDir, stack.ports) });
  return verdicts;
}

/** What had to be killed takes its own processes along a moment later. */
const GONE_WITHIN_MS = 30_000;

async function stillThere(dataDir: string, ports: readonly number[]): Promise<string[]> {
  for (const deadline = Date.now() + GONE_WITHIN_MS; ; await sleep(500)) {
    const found = await leftBehind(dataDir, ports);
    if (found.length === 0 || Date.now() > deadline) return found;
  }
}
