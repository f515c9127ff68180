/** The real stack, each part a process of its own that can be killed: servers, two APIs, two workers, and the mail server. */
import path from 'node:path';
import { toEnvironment } from '../src/config-environment.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { startChild } from '../src/stack/child.ts';
import { keepAlive, type KeptProcess } from '../src/stack/keep-alive.ts';
import { findFreePorts } from '../src/stack/ports.ts';
import type { Progress } from '../src/stack/progress.ts';
import { startStack } from '../src/stack/supervisor.ts';
import { APIS, type Target, WORKERS } from './plan.ts';

export interface ChaosStack {
  readonly config: Config;
  readonly apis: readonly string[];
  /** What the mail server took, and the file that tells it to misbehave. */
  readonly mails: string;
  readonly misbehaviour: string;
  /** Every port that something of it listens at. */
  readonly ports: readonly number[];
  /** Process id of what runs under this name now, if it does. */
  pid(target: Target): number | undefined;
  stop(): Promise<void>;
}

const ROOT = path.join(import.meta.dirname, '..');
const ENTRY = path.join(ROOT, 'src', 'cli', 'main.ts');
const SERVERS: Partial<Record<Target, string>> = { postgres: 'PostgreSQL', temporal: 'Temporal server' };

export async function startChaosStack(
  dataDir: string,
  { progress, say, signal }: { progress: Progress; say: (text: string) => void; signal: AbortSignal },
): Promise<ChaosStack> {
  const ports = await findFreePorts(8);
  const [api1, api2, postgres, temporal, ui, metrics1, metrics2, smtp] = ports.map(String);
  const configOf = (more: Record<string, string | undefined>): Config =>
    loadConfig({
      DATA_DIR: dataDir,
      SMTP_URL: `smtp://127.0.0.1:${smtp}`,
      POSTGRES_PORT: postgres,
      TEMPORAL_PORT: temporal,
      TEMPORAL_UI_PORT: ui,
      PUBLIC_URL: `http://127.0.0.1:${api1}`,
      ADMIN_API_KEY: 'a-key-for-chaos',
      PLAYBOOK_DIR: path.join(import.meta.dirname, 'playbook'),
      TEMPLATES_DIR: path.join(ROOT, 'test', 'fixtures', 'templates'),
      LOG_LEVEL: 'info',
      ...more,
    });
  const config = configOf({ PORT: api1, WORKER_METRICS_PORT: metrics1 });
  const mails = path.join(dataDir, 'mails.jsonl');
  const misbehaviour = path.join(dataDir, 'misbehaviour.json');
  const kept = new Map<string, KeptProcess>();
  const keep = async (name: Target, args: readonly string[], env: Record<string, string>): Promise<void> => {
    const spec = { name, command: process.execPath, args, dataDir, channel: true, stopTimeoutMs: 15_000 };
    kept.set(
      name,
      await keepAlive(
        name,
        (giveUp) => startChild({ ...spec, env: { ...process.env, ...env }, signal: giveUp }),
        say,
        signal,
      ),
    );
  };
  const entry = (name: Target, command: 'api' | 'worker', own: Config): Promise<void> =>
    keep(name, [ENTRY, command], { ...toEnvironment(own), NURTURE_SUPERVISED: '1' });
  const servers = await startStack(config, { progress, signal, entry: false });
  const stop = async (): Promise<void> => {
    for (const name of [...APIS, ...WORKERS, 'sink']) await kept.get(name)?.stop();
    await servers.stop();
  };
  try {
    await keep('sink', [path.join(import.meta.dirname, 'sink.ts')], {
      CHAOS_SMTP_PORT: smtp ?? '',
      CHAOS_MAILS: mails,
      CHAOS_MISBEHAVIOUR: misbehaviour,
    });
    await entry('worker-1', 'worker', config);
    await Promise.all([
      entry('worker-2', 'worker', configOf({ WORKER_METRICS_PORT: metrics2 })),
      entry('api-1', 'api', config),
      entry('api-2', 'api', configOf({ PORT: api2, WORKER_METRICS_PORT: metrics1 })),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    config,
    apis: [`http://127.0.0.1:${api1}`, `http://127.0.0.1:${api2}`],
    mails,
    misbehaviour,
    ports,
    pid: (target) => {
      const server = SERVERS[target];
      return server === undefined ? kept.get(target)?.current()?.pid : servers.find(server)?.pid;
    },
    stop,
  };
}
