/** A copy of the benchmark's playbook whose cadences change from one publication to the next, with segments to count. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Config } from '../src/runtime/config.ts';

const SEGMENTS = `from-two-countries:
  when: { country: [DE, FR] }
interested:
  when: { score: { gte: 20 } }
clicked-twice:
  when: { events: { type: email.clicked, within: 30 days, gte: 2 } }
`;
const WAIT = 'wait: 3 days';

/** The last wait of each cadence: of `steps` leads have it before them, of `bench` they are in it. */
export interface Waits {
  steps?: string;
  bench?: string;
}

export interface ChangingPlaybook {
  /** Whoever publishes with it publishes the copy. */
  config: Config;
  change(waits: Waits): Promise<void>;
  close(): Promise<void>;
}

export async function openPlaybook(config: Config): Promise<ChangingPlaybook> {
  const dir = await mkdtemp(path.join(tmpdir(), 'nurture-bench-playbook-'));
  await cp(config.playbookDir, dir, { recursive: true });
  await writeFile(path.join(dir, 'segments.yaml'), SEGMENTS);
  return {
    config: { ...config, playbookDir: dir },
    async change(waits) {
      for (const [cadence, wait] of Object.entries(waits)) {
        const file = path.join('cadences', `${cadence}.yaml`);
        const yaml = await readFile(path.join(config.playbookDir, file), 'utf8');
        const at = yaml.lastIndexOf(WAIT);
        await writeFile(path.join(dir, file), `${yaml.slice(0, at)}wait: ${wait}${yaml.slice(at + WAIT.length)}`);
      }
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
}
