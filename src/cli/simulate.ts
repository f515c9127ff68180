/** The command `simulate`: which lives are played, and how the result is told. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import { namesInFolders } from '../simulate/check-folders.ts';
import { readPersonas } from '../simulate/read-personas.ts';
import { simulationPage } from '../simulate/report/page.ts';
import { compare, comparisonTable } from '../simulate/report/table.ts';
import { simulationText } from '../simulate/report/terminal.ts';
import type { Persona } from '../simulate/persona.ts';
import type { Simulation } from '../simulate/result.ts';
import { simulate } from '../simulate/simulate.ts';
import { startOfSimulation } from '../simulate/start.ts';
import type { Answer } from './command.ts';
import { colorsFor } from './colors.ts';
import { requireLanguage } from './language.ts';
import { withServers } from './reach.ts';

export interface SimulateCommand {
  cadence: string | undefined;
  persona?: string;
  personas?: string;
  language?: string;
  days: number;
  seed: number;
  /** A date as in 2027-03-01. */
  start?: string;
  revision?: number;
  /** What the canary of the revision tries. */
  canary?: boolean;
  html?: string;
}

/** @throws AppError VALIDATION_FAILED, NOT_FOUND, PLAYBOOK_INVALID, UNAVAILABLE, TIME_SKIPPING_UNAVAILABLE */
export async function simulateCommand(config: Config, given: SimulateCommand): Promise<Answer> {
  const { cadence = null, days, seed, revision, canary } = given;
  if (canary === true && revision === undefined)
    throw new AppError('VALIDATION_FAILED', '--canary is of a published revision: give --revision NUMBER with it.');
  // A mistake in the files is told before anything is started for them.
  const names = revision === undefined ? await namesInFolders(config) : undefined;
  const personas = readPersonas(placeOf(given, config), names).map((one) => reading(one, given.language));
  const fromMs = startOfSimulation(given.start ?? null);
  const since = performance.now();
  const wanted = personas.map((persona) => ({ persona, cadence, days, seed, fromMs }));
  const simulations = await withServers(config, (ready, signal) =>
    simulate(ready, wanted, { revision, canary, signal }),
  );
  const seconds = Math.round((performance.now() - since) / 100) / 10;
  const file = path.resolve(
    given.html ?? path.join(config.dataDir, 'simulations', `${nameOf(given, personas.length, simulations)}.html`),
  );
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, await simulationPage(simulations));
  return {
    data: { file, seconds, personas: simulations.map(compare), simulations },
    text: `${textOf(simulations)}\n\nEvery mail as it would look: ${file} (${seconds} s)`,
  };
}

function reading(persona: Persona, language: string | undefined): Persona {
  if (language === undefined) return persona;
  return { ...persona, request: { ...persona.request, language: requireLanguage(language) } };
}

function placeOf({ persona, personas }: SimulateCommand, config: Config): string {
  if (persona !== undefined && personas !== undefined)
    throw new AppError('VALIDATION_FAILED', 'Give either --persona FILE or --personas DIR, not both.');
  return persona ?? personas ?? path.join(config.playbookDir, 'personas');
}

function nameOf({ cadence = 'all' }: SimulateCommand, count: number, [first]: readonly Simulation[]): string {
  return `${cadence}-${count === 1 ? (first?.persona.persona ?? 'persona') : 'personas'}`;
}

function textOf(simulations: readonly Simulation[]): string {
  const colors = colorsFor(process.stdout);
  const [first] = simulations;
  if (simulations.length === 1 && first !== undefined) return simulationText(first, colors);
  const remarks = simulations.flatMap(({ persona, remarks }) =>
    remarks.map((remark) => `${persona.persona}: ${remark}`),
  );
  return [comparisonTable(simulations), ...remarks].join('\n');
}
