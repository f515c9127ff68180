/** The real stack, each part a process of its own that can be killed: servers, two APIs, two workers, and the mail server. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toEnvironment } from '../src/runtime/config-environment.ts';
import { type Config, loadConfig } from '../src/runtime/config.ts';
import { makePasswords } from '../src/runtime/embedded-database.ts';
import { type Child, type ChildSpec, startChild } from '../src/stack/child.ts';
import { keepAlive, type KeptProcess } from '../src/stack/keep-alive.ts';
import { findFreePorts } from '../src/stack/ports.ts';
import type { Progress } from '../src/stack/progress.ts';
import { startStack } from '../src/stack/supervisor.ts';
import { publishFolders } from '../src/cli/publish.ts';
import { HOOK_SECRET, startHooks } from './hooks.ts';
import { APIS, type Target, WORKERS } from './plan.ts';
import { type Bundles, bundleVersions, type Version } from './versions.ts';

export interface ChaosStack {
  readonly config: Config;
  readonly apis: readonly string[];
  /** What the mail server took, and the file that tells it to misbehave. */
  readonly mails: string;
  readonly misbehavior: string;
  /** What the receiver of webhooks wrote down. */
  readonly hooks: string;
  /** Every port that something of it listens at. */
  readonly ports: readonly number[];
  /** Process id of what runs under this name now, if it does. */
  pid(target: Target): number | undefined;
  /** Ends a worker in order and resolves when one of that version is up in its place. */
  replace(worker: Worker, version: Version): Promise<void>;
  /** kill -9 of all workers and APIs, which stay down. */
  killProduct(): Promise<void>;
  startProduct(): Promise<void>;
  stop(): Promise<void>;
}

type Worker = (typeof WORKERS)[number];

const ROOT = path.join(import.meta.dirname, '..');
const ENTRY = path.join(ROOT, 'src', 'cli', 'main.ts');
const CHANGED_WORKER = path.join(import.meta.dirname, 'worker.ts');
/** A worker whose servers are shot at while it is replaced takes a few starts. */
const REPLACED_WITHIN_MS = 180_000;
const SERVERS: Partial<Record<Target, string>> = { postgres: 'PostgreSQL', temporal: 'Temporal server' };

export async function startChaosStack(
  dataDir: string,
  {
    seed,
    progress,
    say,
    signal,
  }: {
    seed: number;
    progress: Progress;
    say: (text: string) => void;
    signal: AbortSignal;
  },
): Promise<ChaosStack> {
  const ports = await findFreePorts(9);
  const [api1, api2, postgres, temporal, ui, metrics1, metrics2, smtp, hooked] = ports.map(String);
  const playbookDir = await playbookWith(dataDir, `http://127.0.0.1:${hooked}`);
  const templatesDir = await templatesWith(dataDir);
  // Each part of the product has a configuration of its own, with the password that the first start would make.
  makePasswords(dataDir);
  const configOf = (more: Record<string, string | undefined>): Config =>
    loadConfig({
      DATA_DIR: dataDir,
      SMTP_URL: `smtp://127.0.0.1:${smtp}`,
      POSTGRES_PORT: postgres,
      TEMPORAL_PORT: temporal,
      TEMPORAL_UI_PORT: ui,
      PUBLIC_URL: `http://127.0.0.1:${api1}`,
      ADMIN_API_KEY: 'a-key-for-chaos',
      PLAYBOOK_DIR: playbookDir,
      WEBHOOK_SECRET: HOOK_SECRET,
      WEBHOOK_ALLOW: '127.0.0.1',
      TEMPLATES_DIR: templatesDir,
      LOG_LEVEL: 'info',
      ...more,
    });
  const config = configOf({ PORT: api1, WORKER_METRICS_PORT: metrics1 });
  const mails = path.join(dataDir, 'mails.jsonl');
  const misbehavior = path.join(dataDir, 'misbehavior.json');
  const hooks = path.join(dataDir, 'hooks.jsonl');
  const receiver = await startHooks({ port: Number(hooked), seed, file: hooks });
  const kept = new Map<string, KeptProcess>();
  /** What workers are to be from their next start on. */
  const deployed = new Map<Target, Version>();
  let bundles: Bundles;
  /** Asked at each start: a worker comes back as the version that is deployed by then. */
  const keep = async (name: Target, specOf: () => Pick<ChildSpec, 'args' | 'env'>): Promise<void> => {
    const spec = { name, command: process.execPath, dataDir, channel: true, stopTimeoutMs: 15_000 };
    const start = (giveUp: AbortSignal): Promise<Child> => {
      const { args, env } = specOf();
      return startChild({ ...spec, args, env: { ...process.env, ...env }, signal: giveUp });
    };
    kept.set(name, await keepAlive(name, start, say, signal));
  };
  const entry = (name: Target, command: 'api' | 'worker', own: Config): Promise<void> => {
    const env = { ...toEnvironment(own), NURTURE_SUPERVISED: '1' };
    return keep(name, () => {
      const version = deployed.get(name) ?? 'current';
      if (version === 'current') return { args: [ENTRY, command], env };
      return { args: [CHANGED_WORKER], env: { ...env, CHAOS_WORKFLOW: bundles[version] } };
    });
  };
  const bundling = bundleVersions(dataDir);
  // Looked at below, when there is something to stop.
  bundling.catch(() => {});
  const servers = await startStack(config, { progress, signal, entry: false });
  const stopProduct = async (): Promise<void> => {
    for (const names of [APIS, WORKERS]) await Promise.all(names.map(async (name) => kept.get(name)?.stop()));
  };
  const startWorker = (worker: Worker): Promise<void> =>
    entry(worker, 'worker', worker === 'worker-1' ? config : configOf({ WORKER_METRICS_PORT: metrics2 }));
  const startProduct = async (): Promise<void> => {
    await startWorker('worker-1');
    await Promise.all([
      startWorker('worker-2'),
      entry('api-1', 'api', config),
      entry('api-2', 'api', configOf({ PORT: api2, WORKER_METRICS_PORT: metrics1 })),
    ]);
  };
  const stop = async (): Promise<void> => {
    await stopProduct();
    await kept.get('sink')?.stop();
    await servers.stop();
    receiver.close();
  };
  const replace = async (worker: Worker, version: Version): Promise<void> => {
    deployed.set(worker, version);
    const before = kept.get(worker);
    kept.delete(worker);
    await before?.stop();
    for (const deadline = Date.now() + REPLACED_WITHIN_MS; ; await sleep(1_000)) {
      try {
        await startWorker(worker);
        return;
      } catch (error) {
        // Its servers may be down.
        if (signal.aborted || Date.now() > deadline) throw error;
        say(`${worker} did not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  try {
    const sink = path.join(import.meta.dirname, 'sink.ts');
    const env = {
      CHAOS_SEED: String(seed),
      CHAOS_SMTP_PORT: smtp ?? '',
      CHAOS_MAILS: mails,
      CHAOS_MISBEHAVIOR: misbehavior,
    };
    await keep('sink', () => ({ args: [sink], env }));
    bundles = await bundling;
    await publishFolders(config, { author: 'chaos' });
    await startProduct();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    config,
    apis: [`http://127.0.0.1:${api1}`, `http://127.0.0.1:${api2}`],
    mails,
    misbehavior,
    hooks,
    ports,
    pid: (target) => {
      const server = SERVERS[target];
      return server === undefined ? kept.get(target)?.current()?.pid : servers.find(server)?.pid;
    },
    replace,
    killProduct: async () => {
      await Promise.all(
        [...APIS, ...WORKERS].map(async (name) => {
          const pid = kept.get(name)?.current()?.pid;
          if (pid !== undefined) process.kill(pid, 'SIGKILL');
          await kept.get(name)?.stop();
        }),
      );
    },
    startProduct,
    stop,
  };
}

/** The playbook of chaos, whose webhooks lead to the receiver of this run. */
async function playbookWith(dataDir: string, receiver: string): Promise<string> {
  const playbookDir = path.join(dataDir, 'playbook');
  await cp(path.join(import.meta.dirname, 'playbook'), playbookDir, { recursive: true });
  for (const name of ['cadences/talk.yaml', 'routing.yaml']) {
    const file = path.join(playbookDir, name);
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('http://hooks.example', receiver));
  }
  return playbookDir;
}

/** The templates of the tests, and the alert of a late first contact beside them. */
async function templatesWith(dataDir: string): Promise<string> {
  const templatesDir = path.join(dataDir, 'templates');
  await cp(path.join(ROOT, 'test', 'fixtures', 'templates'), templatesDir, { recursive: true });
  await cp(path.join(ROOT, 'templates', 'rep-late.mjml'), path.join(templatesDir, 'rep-late.mjml'));
  return templatesDir;
}
