/** Publishes the playbook with another wait in one cadence, and lets the leads on their way migrate, whatever else strikes meanwhile. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { publishFolders } from '../../src/cli/publish.ts';
import { moveLeads } from '../../src/playbook/follow.ts';
import type { ChaosStack } from '../stack.ts';
import type { Strike } from './strike.ts';

const CADENCE = 'drip';
/** The last wait of the cadence, as it is written at first. */
const WAIT = 'wait: 0.15 minutes';
const RATE = 20;

/** May be tried again: what is in force already is not published twice, and the run that it began goes on by itself. */
export async function publishAnew({ config }: ChaosStack, wait: string): Promise<Strike> {
  const playbookDir = path.join(config.dataDir, 'playbook-anew');
  await cp(config.playbookDir, playbookDir, { recursive: true });
  const file = path.join(playbookDir, 'cadences', `${CADENCE}.yaml`);
  const yaml = await readFile(file, 'utf8');
  await writeFile(file, yaml.replace(WAIT, `wait: ${wait}`));
  const { revision, runs } = await publishFolders(
    { ...config, playbookDir },
    {
      author: 'chaos',
      follow: (tx, cadences) => moveLeads(tx, cadences, { kind: 'migrate', cadence: CADENCE, rate: RATE, by: 'chaos' }),
    },
  );
  return { struck: true, what: `revision ${revision} is published, ${runs.length} migrations` };
}
