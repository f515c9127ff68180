/** An engine whose playbook and templates are folders that a test changes and publishes, as a marketer does. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { publishCommand, type PublishChoice } from '../../src/cli/publish.ts';
import type { Publication } from '../../src/store/rules/publish-revision.ts';
import { playbookWith } from '../crash/playbook.ts';
import { startEngine } from '../support/engine.ts';

/** The cadence ‘trip’ with these steps, for leads of the source ‘trip’; or another one, for leads of its source. */
export function trip(steps: string, source = 'trip'): string {
  return `name: Trip\nenroll: { when: { source: ${source} } }\npriority: 10\nsteps:${steps}\nwhenDone: dormant\n`;
}

export async function publishedFolders(cadences: Readonly<Record<string, string>>) {
  const templatesDir = await mkdtemp(path.join(tmpdir(), 'nurture-templates-'));
  await cp(path.join(import.meta.dirname, '../fixtures/templates'), templatesDir, { recursive: true });
  const folder = await playbookWith(cadences);
  const engine = await startEngine({ playbookDir: folder.dir, templatesDir });
  return {
    engine,
    writeSteps: (steps: string, cadence = 'trip') =>
      writeFile(path.join(folder.dir, 'cadences', `${cadence}.yaml`), trip(steps, cadence)),
    async writeWords(template: string, subject: string): Promise<void> {
      const file = path.join(templatesDir, `${template}.mjml`);
      await writeFile(file, (await readFile(file, 'utf8')).replace(/^subject: .*$/m, `subject: "${subject}"`));
    },
    /** Resolves when the rules are in force. `isTold`: its runs begin. */
    async publish(choice: PublishChoice, { isTold = true } = {}): Promise<Publication> {
      const { data } = await publishCommand(engine.config, { author: 'Helen', ...choice });
      const publication = data as Publication;
      await expect.poll(() => engine.store.rules.current().revision).toBe(publication.revision);
      if (isTold) for (const run of publication.runs) engine.bulkRuns.tell(run);
      return publication;
    },
    async close(): Promise<void> {
      await engine.close();
      await folder.remove();
      await rm(templatesDir, { recursive: true, force: true });
    },
  };
}
