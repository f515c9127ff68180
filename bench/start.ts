/** Leads per second, from `POST /v1/leads` to the first email accepted by SMTP, beside the floor in the same run. */
import { Client, Connection } from '@temporalio/client';
import type { Stack } from '../src/stack/supervisor.ts';
import { startReporter, type Reporter } from './children.ts';
import { inParallel, median } from './measure.ts';

export interface StartResult {
  leads: number;
  /** Leads per second of each round. */
  floor: number[];
  engine: number[];
  /** Median of the rounds' ratios. */
  ratio: number;
}

/** Callers that each send one request after the other. */
const CALLERS = 40;
const PATIENCE_MS = 300_000;

/** Floor and engine take turns, so that a machine that gets slower gets slower for both. */
export async function measureStart(
  stack: Stack,
  sink: Reporter,
  options: { leads: number; rounds: number; say: (line: string) => void },
): Promise<StartResult> {
  const { temporal, adminApiKey } = stack.config;
  const floorWorker = startReporter('./floor-worker.ts', {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
  });
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  const run = Date.now().toString(36);
  const floorRound = async (round: number): Promise<number> => {
    const before = floorWorker.value('done');
    const since = Date.now();
    await inParallel(options.leads, CALLERS, (n) =>
      client.workflow.start('floor', { workflowId: `floor-${run}-${round}-${n}`, taskQueue: 'bench-floor' }),
    );
    const until = await floorWorker.reaches('done', before + options.leads, PATIENCE_MS);
    return (options.leads * 1000) / (until - since);
  };
  const engineRound = async (round: number): Promise<number> => {
    const before = sink.value('taken');
    const since = Date.now();
    await inParallel(options.leads, CALLERS, (n) =>
      submit(stack.urls.api, adminApiKey, `lead-${run}-${round}-${n}@bench.example`),
    );
    const until = await sink.reaches('taken', before + options.leads, PATIENCE_MS);
    return (options.leads * 1000) / (until - since);
  };
  try {
    await floorWorker.reaches('ready', 1, 60_000);
    // Not counted: code is compiled, connections are opened, caches are filled.
    await floorRound(-1);
    await engineRound(-1);
    const floor: number[] = [];
    const engine: number[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      floor.push(await floorRound(round));
      engine.push(await engineRound(round));
      options.say(
        `  round ${round + 1}: floor ${floor.at(-1)?.toFixed(1)} leads/s, engine ${engine.at(-1)?.toFixed(1)} leads/s`,
      );
    }
    return {
      leads: options.leads,
      floor,
      engine,
      ratio: median(engine.map((value, round) => value / (floor[round] ?? Number.NaN))),
    };
  } finally {
    floorWorker.stop();
    await connection.close();
  }
}

async function submit(api: string, key: string, email: string): Promise<void> {
  const response = await fetch(`${api}/v1/leads`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      email,
      firstName: 'Bench',
      source: 'bench',
      consent: { text: 'Send me mail', source: 'bench' },
    }),
  });
  if (!response.ok) throw new Error(`POST /v1/leads answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}
