/** The playbook of the fixtures with other cadences, in a folder that is thrown away. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const FIXTURE = path.join(import.meta.dirname, '..', 'fixtures', 'playbook');

/** One mail and then nothing: the process ends within milliseconds of it. Each enrollment sends the mail again. */
export const ONE_MAIL = `
name: One mail
enroll: { when: { source: one } }
priority: 10
reentry: always
steps:
  - { id: only, email: plain, again: true }
whenDone: dormant
`;

/** A mail, a wait of seconds, a mail: an outage falls into it. */
export const QUICK = `
name: Two mails, a few seconds apart
enroll: { when: { source: quick } }
priority: 10
reentry: always
steps:
  - { id: one, email: plain }
  - wait: 0.1 minutes
  - { id: two, email: plain }
whenDone: dormant
`;

/** Cadences of the fixtures that its other files name, or that tests of crashes use. */
const KEPT = new Set(['after-sale', 'back', 'drip', 'listening', 'poison']);

/** Makes the folder; by key, the YAML of the cadences to add, and files of the playbook that differ, by name. */
export async function playbookWith(
  cadences: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'nurture-playbook-'));
  const kept = (file: string): boolean =>
    path.basename(path.dirname(file)) !== 'cadences' || KEPT.has(path.basename(file, '.yaml'));
  await cp(FIXTURE, dir, { recursive: true, filter: kept });
  const added = Object.entries(cadences).map(([key, yaml]) => [path.join('cadences', `${key}.yaml`), yaml] as const);
  await Promise.all(
    [...added, ...Object.entries(files)].map(([file, text]) => writeFile(path.join(dir, file), text.trimStart())),
  );
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
