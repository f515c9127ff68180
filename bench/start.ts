/** Leads per second, from `POST /v1/leads` to the first email accepted by SMTP, beside the floor in the same run. */
import type { Bench, Measured } from './bench.ts';
import { startFloorWorker } from './floor.ts';
import { createCaller } from './http.ts';
import { inParallel, median, pairedRatio } from './measure.ts';

/** The number of callers; each sends one request after the other. */
const CALLERS = 40;
const PATIENCE_MS = 300_000;

/** Floor and engine are measured in turns, so that a machine that gets slower slows both. */
export async function measureStart(bench: Bench): Promise<Measured> {
  const { leads, rounds } = bench.quick ? { leads: 40, rounds: 3 } : { leads: 500, rounds: 5 };
  const { stack, sink, run, say } = bench;
  const floorWorker = await startFloorWorker(bench);
  const caller = createCaller(stack.urls.api, stack.config.adminApiKey);
  const floorRound = async (round: number): Promise<number> => {
    const before = floorWorker.done();
    const since = Date.now();
    await floorWorker.start('floor', String(round), leads, []);
    return (leads * 1000) / ((await floorWorker.reaches(before + leads)) - since);
  };
  const engineRound = async (round: number): Promise<number> => {
    const before = sink.value('taken');
    const since = Date.now();
    await inParallel(leads, CALLERS, (n) => caller.post('/v1/leads', submission(`lead-${run}-${round}-${n}`)));
    await sink.reaches('taken', before + leads, PATIENCE_MS);
    return (leads * 1000) / (sink.value('at') - since);
  };
  try {
    // Not counted: in this round code is compiled, connections are opened and caches are filled.
    await floorRound(-1);
    await engineRound(-1);
    const floor: number[] = [];
    const engine: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      floor.push(await floorRound(round));
      engine.push(await engineRound(round));
      say(
        `  round ${round + 1}: floor ${floor.at(-1)?.toFixed(1)} leads/s, engine ${engine.at(-1)?.toFixed(1)} leads/s`,
      );
    }
    return {
      rows: [
        {
          what: 'start: POST to first email',
          floor: median(floor),
          engine: median(engine),
          ratio: pairedRatio(engine, floor),
          unit: 'leads/s',
          want: '≥ 0.8',
        },
      ],
      details: { leads, floor, engine },
    };
  } finally {
    floorWorker.stop();
    caller.close();
  }
}

export function submission(name: string): unknown {
  return {
    email: `${name}@bench.example`,
    firstName: 'Bench',
    source: 'bench',
    consent: { text: 'Send me mail', source: 'bench' },
  };
}
