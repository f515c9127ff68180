import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { workflowOptions } from '../activities/worker-options.ts';

/** The rooms that workflow code is made of. */
const ROOMS = ['workflows', 'domain'].map((room) => path.join(import.meta.dirname, '..', room));
const SILENT = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error };

/**
 * The code of a lead's process as a worker runs it. Bundling takes seconds, so the result is kept under `dataDir`, by the hash of what
 * it is made of.
 */
export async function workflowBundle(dataDir: string): Promise<{ code: string }> {
  const folder = path.join(dataDir, 'cache');
  const name = `workflow-${await hashOfSources()}.js`;
  const kept = await readFile(path.join(folder, name), 'utf8').catch(() => null);
  if (kept !== null) return { code: kept };
  const { workflowsPath, bundlerOptions } = workflowOptions();
  const { code } = await bundleWorkflowCode({ workflowsPath, ...bundlerOptions, logger: SILENT });
  // Without a place to keep it the next simulation bundles again.
  await keep(folder, name, code).catch(() => undefined);
  return { code };
}

/** Several simulations may do this at once: a file appears whole or not at all. */
async function keep(folder: string, name: string, code: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const old of await readdir(folder))
    if (old.startsWith('workflow-')) await rm(path.join(folder, old), { force: true });
  const draft = path.join(folder, `${name}.${process.pid}`);
  await writeFile(draft, code, { mode: 0o600 });
  await rename(draft, path.join(folder, name));
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json') as { version: string };
  hash.update(version);
  for (const room of ROOMS) {
    const files = (await readdir(room, { recursive: true })).filter((file) => file.endsWith('.ts')).toSorted();
    for (const file of files) hash.update(`\n${file}\n`).update(await readFile(path.join(room, file)));
  }
  return hash.digest('hex').slice(0, 32);
}
