/** The clock of a simulated life: nothing of it happens before the persona comes in, and the same life is lived each time. */
import { mkdtemp, cp, writeFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Persona } from '../../src/simulate/persona.ts';
import { readPersonas } from '../../src/simulate/read-personas.ts';
import type { Simulation } from '../../src/simulate/result.ts';
import { simulate, type Wanted } from '../../src/simulate/simulate.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { fileWith } from './support.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

// Whole lives: what takes seconds takes minutes on a machine that is busy with other work.
vi.setConfig({ testTimeout: 300_000 });

let engine: Engine;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-simulate-'));
  engine = await startEngine();
});
afterAll(async () => {
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** A February in a year to come: months ahead of the clock of the machine, most of the year. */
const FROM_MS = Date.UTC(new Date().getUTCFullYear() + 1, 1, 1);

async function live(persona: Persona, cadences: Readonly<Record<string, string>> = {}): Promise<Simulation> {
  const playbookDir = await mkdtemp(path.join(dataDir, 'playbook-'));
  await cp(path.join(ROOT, 'playbook'), playbookDir, { recursive: true });
  for (const [key, text] of Object.entries(cadences))
    await writeFile(path.join(playbookDir, 'cadences', `${key}.yaml`), text);
  const config = { ...engine.config, dataDir, playbookDir, templatesDir: path.join(ROOT, 'templates') };
  const wanted: Wanted = { persona, cadence: null, days: 20, seed: 1, fromMs: FROM_MS };
  const [simulation] = await simulate(config, [wanted], { signal: new AbortController().signal });
  if (simulation === undefined) throw new Error('nothing was played');
  return simulation;
}

function personaOf(lines: string): Persona {
  const text = `name: Quiet\nprofile: { email: quiet@quiet.example, country: DE }\nreads: { opens: 0% }\n${lines}\n`;
  const [persona] = readPersonas(fileWith(text, 'quiet.yaml'));
  if (persona === undefined) throw new Error('no persona');
  return persona;
}

test('a process that first wakes on the clock of the machine does nothing before the persona came in', async () => {
  // The answer is the one message of the first turn, so the exit is asked at the next: when the window opens on Monday.
  const simulation = await live(personaOf('source: stand\narrives: sat 20:00'), {
    ended: `name: Ended
enroll: { when: { source: stand } }
answer: ebook-welcome
priority: 99
window: { days: mon-fri, from: "09:00", to: "17:00" }
exit: { when: { events: { type: page.viewed, within: 14 days, lt: 1 } }, reason: looks at nothing }
steps:
  - { id: one, email: ebook-checklist }
`,
  });
  const { startedAt, story, stages, left } = simulation;
  expect(story[0]?.text).toMatch(/^First touch/);
  for (const { at } of [...story, ...stages, ...left])
    expect(Date.parse(at)).toBeGreaterThanOrEqual(Date.parse(startedAt));
  expect(left).toMatchObject([{ cadence: 'ended', because: 'looks at nothing' }]);
  expect(story.filter(({ text }) => text.startsWith('Enrolled')).map(({ stage }) => stage)).toEqual(['nurturing']);
  expect(story.at(-1)).toMatchObject({ stage: 'dormant', text: expect.stringContaining('Left') as string });
});
