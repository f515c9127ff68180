/** The large database of `lists`, `reports`, `plan` and `cadence`: made once, even when several are asked for. */
import type { Bench } from './bench.ts';
import { type Population, seedPopulation } from './lists-seed.ts';

const SEED = 7;
const SIZES = {
  quick: { leads: 10_000, events: 200_000, seed: SEED },
  full: { leads: 1_000_000, events: 20_000_000, seed: SEED },
};

export interface Populated extends Population {
  generatedSeconds: number;
}

let populated: Promise<Populated> | undefined;
export function populate(bench: Bench): Promise<Populated> {
  populated ??= makePopulation(bench);
  return populated;
}

async function makePopulation(bench: Bench): Promise<Populated> {
  const usual = bench.quick ? SIZES.quick : SIZES.full;
  const size = { ...usual, leads: bench.sizes.leads ?? usual.leads, events: bench.sizes.events ?? usual.events };
  const since = Date.now();
  await seedPopulation(bench.admin, size, bench.say);
  return { ...size, generatedSeconds: (Date.now() - since) / 1000 };
}
