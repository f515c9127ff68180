/** All settings of the embedded Temporal server. */
import { stringify } from 'yaml';

/** The programs of the server, pinned: newer ones want a newer Go. */
export const SERVER_VERSION = '1.32.1';
export const UI_VERSION = '2.54.1';
/** The command-line tool with a server inside; v1.9.1 carries server 1.32.0. */
export const CLI_VERSION = '1.9.1';
/** The first server that can skip time. */
export const TIME_SKIPPING_SINCE = [1, 31] as const;

/** Cannot be changed once a store exists. On one machine more shards cost memory and database sessions without any gain. */
const HISTORY_SHARDS = 4;
const DATABASE_SESSIONS = 20;

/**
 * Dynamic configuration: values that can be overridden without a restart. `history.shardIOConcurrency` stays at its default, 1: with
 * more, server 1.32 passes over the first workflow task of some processes that two signals try to start in one moment. Such a lead
 * stands still until the server starts again (test/workflows/first-bells.test.ts).
 */
export const DYNAMIC_CONFIG: Readonly<Record<string, boolean | number | string>> = {
  // Demo, fast-forward and simulation use virtual time. The name of the key depends on the server's version; the server warns of
  // the name that it does not know.
  'frontend.WorkflowTimeSkippingEnabled': true,
  'system.workflowTimeSkippingEnabled': true,
  // Each skip of virtual time waits until the timer queue is this close. By default it is 1 s, for every step that is forwarded.
  'history.timerProcessorMaxTimeShift': '50ms',
  // By default a process that continues as new within a second of its start waits for the rest of that second. A fast-forward skips this
  // wait together with all of its time, so that nothing that falls due in it is done at its own time.
  'history.workflowIdReuseMinimalInterval': '0s',
  // One machine needs a single partition: more of them forward tasks to each other.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};

/**
 * Makes a search attribute usable right after it is registered, instead of a minute later. For a first start only: it costs a
 * read of the database, one at a time in the whole server, whenever a workflow is started or searched for.
 */
const WHILE_REGISTERING = {
  'system.forceSearchAttributesCacheRefreshOnRead': true,
  // These reads come after all others where the server limits its reads, and a search fails whose read is refused.
  'frontend.persistenceMaxQPS': 100_000,
};

/** The settings as arguments of `temporal server start-dev`. */
export function dynamicConfigArguments(): string[] {
  return Object.entries({ ...DYNAMIC_CONFIG, ...WHILE_REGISTERING }).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${String(value)}`,
  ]);
}

/** The settings as a file that the server reads again and again while it runs. */
export function dynamicConfigYaml(isRegistering: boolean): string {
  const values = { ...DYNAMIC_CONFIG, ...(isRegistering ? WHILE_REGISTERING : {}) };
  return stringify(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, [{ value }]])));
}

export interface ServerPorts {
  frontend: number;
  /** Ports of the services among themselves, in a fixed order; see `INTERNAL_PORTS`. */
  internal: readonly number[];
}

/** How many internal ports a server takes. */
export const INTERNAL_PORTS = 8;

export interface ServerStore {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  visibilityDatabase: string;
}

/** The configuration of a server with all four services in one process, on PostgreSQL. */
export function serverYaml(ports: ServerPorts, store: ServerStore, dynamicConfigFile: string): string {
  const [membership1, history, membership2, matching, membership3, worker, membership4, http] = ports.internal;
  const service = (grpcPort: number | undefined, membershipPort: number | undefined, more: object = {}) => ({
    rpc: { grpcPort, membershipPort, bindOnLocalHost: true, ...more },
  });
  const database = (databaseName: string, sessions: number) => ({
    sql: {
      pluginName: 'postgres12_pgx',
      databaseName,
      connectAddr: `${store.host}:${store.port}`,
      connectProtocol: 'tcp',
      user: store.user,
      password: store.password,
      maxConns: sessions,
      maxIdleConns: sessions,
      maxConnLifetime: '1h',
    },
  });
  return stringify({
    log: { stdout: true, level: 'warn' },
    persistence: {
      numHistoryShards: HISTORY_SHARDS,
      defaultStore: 'default',
      visibilityStore: 'visibility',
      datastores: {
        default: database(store.database, DATABASE_SESSIONS),
        visibility: database(store.visibilityDatabase, DATABASE_SESSIONS / 2),
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: service(ports.frontend, membership1, { httpPort: http }),
      history: service(history, membership2),
      matching: service(matching, membership3),
      worker: service(worker, membership4),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${ports.frontend}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    archival: { history: { state: 'disabled' }, visibility: { state: 'disabled' } },
    dynamicConfigClient: { filepath: dynamicConfigFile, pollInterval: '5s' },
  });
}

/** The configuration of the web UI. */
export function uiYaml(port: number, temporalAddress: string, namespace: string): string {
  return stringify({
    temporalGrpcAddress: temporalAddress,
    host: '127.0.0.1',
    port,
    enableUi: true,
    cors: { allowOrigins: [] },
    defaultNamespace: namespace,
    disableNewsFetch: true,
  });
}
