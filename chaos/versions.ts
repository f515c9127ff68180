/** The versions of the workflow that a run deploys one after the other, and how to recognize them afterwards. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

/** The product's own version; a changed one that fails for some leads; the changed one without the defect. */
export type Version = 'current' | 'broken' | 'next';

const CHANGED = { broken: 'broken-version.ts', next: 'next-version.ts' } as const;

/** Where a worker of a changed version finds its workflow. */
export type Bundles = Readonly<Record<keyof typeof CHANGED, string>>;

/** Bundles the workflow once for all workers, so that they start as fast as the product's own. */
export async function bundleVersions(dataDir: string): Promise<Bundles> {
  const files = { broken: '', next: '' };
  for (const [version, file] of Object.entries(CHANGED) as [keyof typeof CHANGED, string][]) {
    const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };
    const { code } = await bundleWorkflowCode({ workflowsPath: path.join(import.meta.dirname, file), logger: quiet });
    files[version] = path.join(dataDir, `${version}-version.js`);
    await writeFile(files[version], code);
  }
  return files;
}
