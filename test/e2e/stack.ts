/** The whole product as processes: the API and the worker as children, on the test servers, with mail into a sink. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client, Connection } from '@temporalio/client';
import { afterEach, inject } from 'vitest';

import { createApiClient, type ApiClient } from '../../src/cli/client.ts';
import type { Mail } from '../../src/cli/demo/inbox.ts';
import { Life, type Person, type Setting } from '../../src/cli/demo/life.ts';
import { poll } from '../../src/cli/demo/poll.ts';
import { toEnvironment } from '../../src/runtime/config-environment.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import { startChild, type Child } from '../../src/stack/child.ts';
import { findFreePorts } from '../../src/stack/ports.ts';
import { createTestDatabase } from '../support/database.ts';
import { publishFolders } from '../../src/cli/publish.ts';
import { startMailSink, type ReceivedMail } from '../support/mail-sink.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type E2eStack = Awaited<ReturnType<typeof startE2eStack>>;

/** The sample playbook and templates, as a user has them. */
export async function startE2eStack() {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-e2e-'));
  const database = await createTestDatabase();
  const sink = await startMailSink();
  const [port = 0, metricsPort = 0] = await findFreePorts(2);
  const taskQueue = `e2e-${randomUUID()}`;
  const config = loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: inject('temporalNamespace'),
    TEMPORAL_TASK_QUEUE: taskQueue,
    SMTP_URL: sink.url,
    MAIL_FROM: 'Brookfield Irrigation <hello@brookfield.example>',
    COMPANY_NAME: 'Brookfield Irrigation',
    PORT: String(port),
    WORKER_METRICS_PORT: String(metricsPort),
    PLAYBOOK_DIR: path.join(ROOT, 'playbook'),
    TEMPLATES_DIR: path.join(ROOT, 'templates'),
  });
  const start = (name: 'api' | 'worker'): Promise<Child> =>
    startChild({
      name,
      command: process.execPath,
      args: [path.join(ROOT, 'src/cli/main.ts'), name],
      dataDir,
      env: { ...process.env, ...toEnvironment(config), NURTURE_SUPERVISED: '1' },
      channel: true,
      stopTimeoutMs: 15_000,
    });
  await publishFolders(config, { author: 'test' });
  const children = await Promise.all([start('api'), start('worker')]);
  const connection = await Connection.connect({ address: config.temporal.address });
  const temporal = new Client({ connection, namespace: config.temporal.namespace });
  const admin = createApiClient(config.publicUrl, config.adminApiKey);
  const setting: Setting = { ...(await makeKeys(admin)), inbox: inboxOf(sink), run: randomUUID().slice(0, 8) };

  return {
    url: config.publicUrl,
    admin,
    ...setting,
    sink,
    temporal,
    lifeOf: (person: Person): Life => new Life(setting, person),
    /** What the processes complained about. */
    async complaints(): Promise<string> {
      const logs = await Promise.all(children.map(({ logFile }) => readFile(logFile, 'utf8')));
      return logs.join('').slice(-5_000);
    },
    async close(): Promise<void> {
      for await (const { workflowId } of temporal.workflow.list({ query: `TaskQueue = '${taskQueue}'` })) {
        await temporal.workflow
          .getHandle(workflowId)
          .terminate('the test is over')
          .catch(() => undefined);
      }
      for (const child of children) await child.stop();
      await connection.close();
      await sink.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** After a failed test, shows what the processes wrote. */
export function showComplaints(stack: () => E2eStack | undefined): void {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.error((await stack()?.complaints()) ?? '');
  });
}

async function makeKeys(admin: ApiClient): Promise<Pick<Setting, 'site' | 'operator' | 'manager' | 'reps'>> {
  const make = async (key: object): Promise<ApiClient> => {
    const { secret } = await admin.post<{ secret: string }>('/v1/api-keys', { name: 'test', ...key });
    return admin.as(secret);
  };
  const { items } = await admin.get<{ items: { id: string; key: string }[] }>('/v1/reps');
  const reps = await Promise.all(
    items.map(async ({ id, key }) => [id, await make({ role: 'rep', rep: key })] as const),
  );
  const manager = await make({ role: 'rep', rep: 'helen-marsh' });
  return {
    site: await make({ role: 'site' }),
    operator: await make({ role: 'operator' }),
    manager,
    reps: new Map(reps),
  };
}

function inboxOf(sink: { readonly mails: readonly ReceivedMail[] }): Setting['inbox'] {
  return {
    async ofSend(sendId) {
      const found = await poll(
        () => Promise.resolve(sink.mails.filter((mail) => mail.sendId === sendId)),
        (mails) => mails.length > 0,
        15_000,
      );
      const [mail] = found;
      if (mail === undefined || found.length > 1) throw new Error(`${sendId} arrived ${found.length} times`);
      return asRead(mail);
    },
  };
}

/** As the mail inbox of the demo gives it; no test here reads its headers. */
function asRead({ sendId, subject, html, text, date, to }: ReceivedMail): Mail {
  return { id: sendId, subject, html, text, date: date.toISOString(), to: [{ address: to }], headers: {} };
}
