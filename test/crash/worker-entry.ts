/**
 * The worker of the product as a process of its own that dies by SIGKILL at a chosen place. The faults wrap what the
 * activities depend on; the product's code has no hooks for them.
 */
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Worker } from '@temporalio/worker';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import { loadConfig } from '../../src/runtime/config.ts';
import type { MailTransport } from '../../src/email/transport.ts';
import { createLogger } from '../../src/runtime/log.ts';
import { openRules } from '../../src/playbook/open-rules.ts';
import { createDb, type Db } from '../../src/store/db.ts';
import { connectWorker } from '../../src/temporal/connect-worker.ts';
import { createDeps } from '../../src/activities/create-deps.ts';
import { workerOptions } from '../../src/activities/worker-options.ts';

export const FAULTS = {
  'before-commit': 'in the transaction that claims the send, before its commit',
  claimed: 'the claim is committed, SMTP has not begun',
  'in-data': 'in the middle of DATA',
  accepted: 'SMTP accepted, the outcome is not written',
  settled: 'the outcome is written, the activity has not answered',
} as const;
export type Fault = keyof typeof FAULTS;

/** Of a broadcast alone. */
export const BROADCAST_FAULTS = {
  gathering: 'in the transaction that makes leads its recipients, before its commit',
  'wins-before-commit': 'in the transaction that writes what won a trial',
  won: 'it is written what won a trial, and the activity has not answered',
} as const;
export type BroadcastFault = keyof typeof BROADCAST_FAULTS;
type AnyFault = Fault | IssueFault | BroadcastFault;

/** The schedule of the newsletter of this name has fired. */
export const ISSUE_FAULTS = {
  'issue-before-commit': 'in the transaction that writes the broadcast of the issue',
  'issue-committed': 'the broadcast of the issue is written, its process not begun',
} as const;
export type IssueFault = keyof typeof ISSUE_FAULTS;

/** For `in-data` the parent kills, when the first bytes of the message have reached its server. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}

/** `template`: only a message made of it is fatal; any without it. */
function faulty(deps: ActivityDeps, fault: AnyFault, address: string, template: string | undefined): ActivityDeps {
  let delivered: string | null = null;
  const inner = deps.mail.transport;
  const transport: MailTransport = {
    ...inner,
    send: async (message) => {
      const sent = await deps.db.send.findFirst({ where: { messageId: message.messageId } });
      const isFatal = template === undefined || sent?.templateKey === template;
      if (!message.to.address.endsWith(address) || !isFatal) return inner.send(message);
      if (fault === 'claimed') return die();
      const outcome = await inner.send(
        fault === 'in-data' ? { ...message, text: endless() as unknown as string } : message,
      );
      delivered = sent?.id ?? null;
      return fault === 'accepted' ? die() : outcome;
    },
  };
  const db = new Proxy(deps.db, {
    get: (target, key) => (key === '$transaction' ? transaction : (Reflect.get(target, key, target) as unknown)),
  });
  const transaction = async (work: Parameters<Db['$transaction']>[0], options: object): Promise<unknown> => {
    let hasIssued = false;
    let hasWon = false;
    let hasSettled = false;
    const result = await deps.db.$transaction(async (tx) => {
      const value = await (work as unknown as (tx: unknown) => Promise<unknown>)(tx);
      const fatal = { status: 'claimed', ...(template === undefined ? {} : { templateKey: template }) } as const;
      const claims = fault === 'before-commit' && (await tx.send.count({ where: fatal })) > 0;
      hasIssued =
        Object.hasOwn(ISSUE_FAULTS, fault) && (await tx.broadcast.count({ where: { newsletter: fault } })) > 0;
      hasWon =
        /^won$|^wins/.test(fault) && (await tx.broadcast.count({ where: { key: fault, winner: { not: null } } })) > 0;
      // Of several that work beside one another it is the transaction that wrote the outcome.
      hasSettled =
        fault === 'settled' &&
        delivered !== null &&
        (await tx.send.count({ where: { id: delivered, status: { not: 'claimed' } } })) > 0;
      const isGathering =
        fault === 'gathering' &&
        (await tx.broadcastRecipient.count({ where: { lead: { email: { endsWith: address } } } })) > 0;
      const isFatal = claims || isGathering || (hasWon && fault === 'wins-before-commit');
      return isFatal || (hasIssued && fault === 'issue-before-commit') ? die() : value;
    }, options);
    return hasIssued || hasWon || hasSettled ? die() : result;
  };
  return { ...deps, db, mail: { ...deps.mail, transport } };
}

/** A part of a message that begins and does not come to its end. */
function endless(): Readable {
  let begun = false;
  return new Readable({
    read() {
      if (!begun) this.push('The beginning of the message.\r\n'.repeat(4_000));
      begun = true;
    },
  });
}

if (import.meta.main) {
  const config = loadConfig(process.env);
  const log = createLogger(config, 'test');
  const db = createDb(config.databaseUrl, { max: 20 });
  const rules = await openRules({ db, databaseUrl: config.databaseUrl, log });
  const { deps } = createDeps(config, { db, rules, log });
  const fault = process.env['FAULT'] as AnyFault;
  const {
    workflowsPath: _path,
    bundlerOptions: _bundler,
    ...options
  } = workerOptions(faulty(deps, fault, process.env['FAULT_ADDRESS'] ?? '', process.env['FAULT_TEMPLATE']));
  const code = await readFile(process.env['WORKFLOW_BUNDLE'] ?? '', 'utf8');
  const worker = await Worker.create({
    ...options,
    workflowBundle: { code },
    connection: await connectWorker(config.temporal),
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
  });
  process.send?.('ready');
  await worker.run();
}
