/** Once per run: real servers for all tests, a namespace, and the migrated database that test databases are copies of. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { TestProject } from 'vitest/node';

import { inspectProcess, isRunning, type ProcessIdentity } from '../../src/stack/process-identity.ts';
import { createProgress } from '../../src/stack/progress.ts';
import { endOrphans } from '../../src/stack/run-files.ts';
import { startTestServers } from '../../src/stack/test-servers.ts';
import { migrate } from '../../src/store/migrations/migrate.ts';
import { connectTemporal } from '../../src/temporal/connect.ts';
import { prepareNamespace } from '../../src/temporal/prepare.ts';
import { loadConfig } from '../../src/runtime/config.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A database of the test server from which others can be created. */
    databaseAdminUrl: string;
    temporalAddress: string;
    temporalNamespace: string;
  }
}

/** The database that `createTestDatabase` copies. */
const TEMPLATE_DATABASE = 'nurture_template';
const NAMESPACE = 'nurture-test';
const PREFIX = `nurture-engine-test-${process.getuid?.() ?? 0}-`;

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await sweepAbandoned();
  const dir = await mkdtemp(path.join(tmpdir(), PREFIX));
  await mkdir(path.join(dir, 'run'), { recursive: true });
  await writeFile(path.join(dir, 'owner.json'), JSON.stringify(await inspectProcess(process.pid)));
  const progress = createProgress();
  const line = progress.begin('Test servers (PostgreSQL, Temporal)');
  const servers = await startTestServers({ dir, progress }).catch(async (error: unknown) => {
    line.fail();
    await remove(dir);
    throw error;
  });
  const tearDown = async (): Promise<void> => {
    await servers.stop();
    await remove(dir);
  };
  try {
    await Promise.all([migrate(servers.databaseUrl(TEMPLATE_DATABASE)), makeNamespace(servers.temporalAddress)]);
  } catch (error) {
    line.fail();
    await tearDown();
    throw error;
  }
  line.done();
  project.provide('databaseAdminUrl', servers.databaseUrl('postgres'));
  project.provide('temporalAddress', servers.temporalAddress);
  project.provide('temporalNamespace', NAMESPACE);
  return tearDown;
}

async function makeNamespace(address: string): Promise<void> {
  const { temporal } = loadConfig({ TEMPORAL_ADDRESS: address });
  const connection = await connectTemporal(temporal);
  try {
    await prepareNamespace(connection, NAMESPACE);
  } finally {
    await connection.close();
  }
}

/** A run that was killed leaves its servers and its folder behind; the next run clears them away. */
async function sweepAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const dir = path.join(tmpdir(), name);
    const owner = await readFile(path.join(dir, 'owner.json'), 'utf8').then(
      (text) => JSON.parse(text) as ProcessIdentity,
      () => undefined,
    );
    if (owner === undefined || (await isRunning(owner))) continue;
    await endOrphans(dir);
    await remove(dir);
  }
}

/** A server that had to be killed leaves processes of its own, which write for a moment longer. */
function remove(dir: string): Promise<void> {
  return rm(dir, { recursive: true, force: true, maxRetries: 10 });
}
