/** The marketer publishes while leads are on their way, whatever else strikes meanwhile: other steps, and better words. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { publishFolders } from '../../src/cli/publish.ts';
import { amendLeads } from '../../src/playbook/amend.ts';
import { moveLeads } from '../../src/playbook/follow.ts';
import type { Config } from '../../src/runtime/config.ts';
import type { ChaosStack } from '../stack.ts';
import type { Strike } from './strike.ts';

const CADENCE = 'drip';
/** The last wait of the cadence, as it is written at first. */
const WAIT = 'wait: 0.15 minutes';
/** A template of mails that most leads have to come. */
const TEMPLATE = 'plain.mjml';
const RATE = 20;

/**
 * The playbook with another wait in one cadence: leads on their way migrate. May be tried again: what is in force already is not
 * published twice, and the run that it began goes on by itself.
 */
export function publishAnew({ config }: ChaosStack, wait: string): Promise<Strike> {
  return alone(async () => {
    const folders = await foldersOf(config);
    const file = path.join('cadences', `${CADENCE}.yaml`);
    const yaml = await readFile(path.join(config.playbookDir, file), 'utf8');
    await writeFile(path.join(folders.playbookDir, file), yaml.replace(WAIT, `wait: ${wait}`));
    const { revision, runs } = await publishFolders(folders, {
      author: 'chaos',
      follow: (tx, cadences) => moveLeads(tx, cadences, { kind: 'migrate', cadence: CADENCE, rate: RATE, by: 'chaos' }),
    });
    return { struck: true, what: `revision ${revision} is published, ${runs.length} migrations` };
  });
}

/** The same steps with another subject of a mail, for leads on their way too. It is refused, and tried again, while other steps are being published. */
export function amendWords({ config }: ChaosStack, subject: string): Promise<Strike> {
  return alone(async () => {
    const folders = await foldersOf(config);
    const file = path.join(folders.templatesDir, TEMPLATE);
    const mjml = await readFile(file, 'utf8');
    await writeFile(file, mjml.replace(/^subject: .*$/m, `subject: "${subject}"`));
    const { revision, runs } = await publishFolders(folders, {
      author: 'chaos',
      leadsFollow: 'amend',
      follow: (tx, _cadences, published) => amendLeads(tx, published, { rate: RATE, by: 'chaos' }),
    });
    return { struck: true, what: `revision ${revision} is published, ${runs.length} amendments` };
  });
}

/** What the marketer works on: it stays as it is from one publishing to the next. */
async function foldersOf(config: Config): Promise<Config> {
  const [playbookDir, templatesDir] = ['playbook', 'templates'].map((name) =>
    path.join(config.dataDir, 'marketer', name),
  );
  const kept = { recursive: true, force: false } as const;
  await cp(config.playbookDir, playbookDir ?? '', kept);
  await cp(config.templatesDir, templatesDir ?? '', kept);
  return { ...config, playbookDir: playbookDir ?? '', templatesDir: templatesDir ?? '' };
}

let before: Promise<unknown> = Promise.resolve();

/** One after the other: two at once would change a folder while it is read. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  const mine = before.then(work);
  before = mine.catch(() => {});
  return mine;
}
