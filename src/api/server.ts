import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { Client } from '@temporalio/client';
import type { Config } from '../runtime/config.ts';
import { isLoopback } from '../runtime/config-secrets.ts';
import { AppError } from '../domain/errors.ts';
import { createMailCheck } from '../email/mail-check.ts';
import { createCanaryWatch } from './canary-watch.ts';
import { liveOrganization } from './organization.ts';
import { createWebhooks } from '../effects/http/signed-post.ts';
import { createHookWatch } from './hook-watch.ts';
import { createManagerWatch } from './manager-watch.ts';
import { createRepMailWatch } from './rep-mail-watch.ts';
import { KEEP_AFTER_MS, SHOW_PAGES_WITHIN_MS } from '../reports/answer.ts';
import { createReportDigests } from './report-digests.ts';
import { createReportRenewal } from './report-renewal.ts';
import { createSegmentWatch } from './segment-watch.ts';
import { createBrakeWatch } from './brake-watch.ts';
import { createConsoleMail } from './console-mail.ts';
import { createOpenId } from './open-id.ts';
import { dkimOf } from '../email/dkim.ts';
import { senderOf } from '../email/sender.ts';
import { createTransport } from '../email/transport.ts';
import { createTokens } from '../crypto/tokens.ts';
import { createLogger, type Logger } from '../runtime/log.ts';
import { openRules } from '../playbook/open-rules.ts';
import { createBroadcasts, createBulkRuns } from '../relay/bulk-watch.ts';
import { createNewsletterWatch } from '../relay/newsletter-watch.ts';
import { createReconciler } from '../relay/reconciler.ts';
import { createSegmentSweep } from '../relay/segment-sweep.ts';
import { createRelay } from '../relay/relay.ts';
import { createAddressHash } from '../store/consent/address-hash.ts';
import { findKeyHolder, seedAdminKey } from '../store/access/api-keys.ts';
import { closeDb, createDb, ping } from '../store/db.ts';
import { createTracker } from '../store/tracking/tracker.ts';
import { migrate } from '../store/migrations/migrate.ts';
import { createCommands } from '../temporal/commands.ts';
import { connectTemporal } from '../temporal/connect.ts';
import { createFastForward } from '../temporal/fast-forward.ts';
import { prepareNamespace } from '../temporal/prepare.ts';
import { createApp } from './app.ts';
import { readCertificate, watchCertificate } from './inbound/certificate.ts';
import { startInbound } from './inbound/listener.ts';
import { startMailbox } from './inbound/mailbox.ts';
import { readProviderPage } from './inbound/provider-page.ts';
import { createRateLimits } from './rate-limits.ts';
import { createLeadHandles } from '../crypto/lead-handles.ts';
import { startSweeps } from './sweeps.ts';
import { VERSION } from './version.ts';

export interface RunningApi {
  port: number;
  /** Finishes the requests under way, then closes everything. */
  close(): Promise<void>;
}

/**
 * A load balancer keeps idle connections, usually for 60 s, and sends the next request over one of them. If this server closed one
 * first, a request could arrive at a closed connection and be answered 502. So this server keeps them longer.
 */
const KEEP_ALIVE_MS = 75_000;
/** When the process is told to stop, requests under way get this much time to end. */
const DRAIN_MS = 5_000;
const LOOK_FOR_IDLE_MS = 50;
/** A request has this long to come in, headers and body: whoever sends byte by byte holds a connection no longer. Then 408. */
const COMES_IN_WITHIN = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };

/**
 * The API process: the HTTP API, the relay and the reconciler. Several of these processes may share one database and one Temporal
 * server.
 *
 * @throws AppError in one clear line: UNAVAILABLE, PLAYBOOK_UNPUBLISHED, STORED_BY_NEWER, CONFIG_INVALID (a busy port)
 */
export async function startApi(config: Config, log: Logger = createLogger(config, 'api')): Promise<RunningApi> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).toReversed()) {
      await closeOne().catch((error: unknown) => log.warn({ err: error }, 'something did not close in order'));
    }
  };
  try {
    await migrate(config.databaseUrl);
    const db = createDb(config.databaseUrl);
    closers.push(() => closeDb(db));
    const adminKey = await seedAdminKey(db, config.adminApiKey);
    if (adminKey.revokedAt !== null)
      log.warn('ADMIN_API_KEY was revoked and stays revoked: set a new one, or omit it and use another admin key');
    const rules = await openRules({ db, databaseUrl: config.databaseUrl, log });
    closers.push(() => rules.close());

    const { namespace, taskQueue } = config.temporal;
    const connection = await connectTemporal(config.temporal);
    closers.push(() => connection.close());
    await prepareNamespace(connection, namespace);
    const client = new Client({ connection, namespace });

    const relay = createRelay({ db, client, taskQueue, rules, log });
    closers.push(() => relay.close());
    const ring = (ids: readonly string[]): void => relay.ring(ids);
    const reconciler = createReconciler({ db, log, ring, processes: { client, namespace, taskQueue } });
    closers.push(() => reconciler.close());
    const segmentSweep = createSegmentSweep({ db, rules, ring, log });
    closers.push(() => segmentSweep.close());
    const bulkRuns = createBulkRuns({ db, client, taskQueue, log });
    closers.push(() => bulkRuns.close());
    const broadcasts = createBroadcasts({ db, client, taskQueue, log });
    closers.push(() => broadcasts.close());
    const newsletters = createNewsletterWatch({ db, client, taskQueue, log });
    closers.push(() => newsletters.close());
    closers.push(startSweeps(db, log));
    const canaryWatch = createCanaryWatch({ db, rules, log });
    closers.push(() => canaryWatch.close());

    const store = {
      db,
      rules,
      realNow: () => Date.now(),
      hashAddress: createAddressHash(db, config.secretKeys),
      keepReportsAfterMs: KEEP_AFTER_MS,
      showPagesWithinMs: SHOW_PAGES_WITHIN_MS,
    };
    // The key of address hashes is loaded at the start. Without it an erased person who objected would be mailed again.
    await store.hashAddress('');
    const tracker = createTracker({ databaseUrl: config.databaseUrl, ctx: store, ring, log });
    closers.push(() => tracker.close());

    const transport = createTransport(config.mail.smtpUrl, {
      maxConnections: 1,
      requireTls: config.mail.requireTls,
      dkim: dkimOf(config.mail.dkim, config.mail.from),
    });
    closers.push(() => transport.close());
    const mail = { transport, from: senderOf(config.mail.from), publicUrl: config.publicUrl };
    const managerWatch = createManagerWatch({
      db,
      rules,
      log,
      mail,
    });
    closers.push(() => managerWatch.close());
    const repMailWatch = createRepMailWatch({
      db,
      rules,
      log,
      mail,
    });
    closers.push(() => repMailWatch.close());
    const webhooks = createWebhooks(config.webhooks);
    closers.push(() => webhooks.close());
    const hookWatch = createHookWatch({ db, rules, webhooks, log, publicUrl: config.publicUrl });
    closers.push(() => hookWatch.close());
    const tokens = createTokens(config.secretKeys);
    const reportDigests = createReportDigests({
      db,
      rules,
      log,
      tokens,
      mail,
    });
    closers.push(() => reportDigests.close());
    const reportRenewal = createReportRenewal({ store, log });
    closers.push(() => reportRenewal.close());
    const segmentWatch = createSegmentWatch({ db, rules, log });
    closers.push(() => segmentWatch.close());
    const organization = liveOrganization(store.rules, config.mail);
    const { tellOfBrake, ...consoleMail } = createConsoleMail(
      { from: config.mail.from, publicUrl: config.publicUrl, organization },
      transport,
      log,
    );
    const brakeWatch = createBrakeWatch({ db, rules, tell: tellOfBrake, log });
    closers.push(() => brakeWatch.close());
    const app = createApp({
      store,
      ring,
      tracker,
      commands: createCommands({ client, taskQueue, db }),
      bulkRuns,
      broadcasts,
      newsletters,
      fastForward: createFastForward({ client, namespace, db }),
      tokens,
      handles: createLeadHandles(config.secretKeys),
      findKey: (secret) => findKeyHolder(db, secret),
      limits: createRateLimits(db, config, log),
      ...consoleMail,
      inbound: { settings: config.mail.inbound, page: readProviderPage },
      openId: config.openId === null ? null : createOpenId(config.openId, config.publicUrl),
      checks: {
        database: () => ping(db),
        temporal: async () => void (await connection.workflowService.describeNamespace({ namespace })),
        mail: createMailCheck(config.mail),
      },
      log,
      settings: {
        publicUrl: config.publicUrl,
        production: config.env === 'production',
        isReachedByOthers: !isLoopback(config.host),
        trustProxy: config.trustProxy,
        organization,
        senderName: senderOf(config.mail.from).name,
        version: VERSION,
        workerMetricsUrl: config.workerMetricsUrl,
      },
    });
    const { inboundDomain: domain, inboundPort } = config.mail;
    if (domain !== null) {
      const deps = { store, tokens, ring, domain, log };
      const { tls } = config.mail.inbound;
      const certificate = tls === null ? null : await readCertificate(tls);
      const inbound = await startInbound(deps, { host: config.host, port: inboundPort, certificate });
      closers.push(() => inbound.close());
      if (tls !== null && certificate !== null) {
        const watch = watchCertificate(tls, certificate, { renew: (renewed) => inbound.renew(renewed), log });
        closers.push(() => watch.close());
      }
    }
    const { imapUrl } = config.mail.inbound;
    if (imapUrl !== null) {
      const mailbox = startMailbox({ store, tokens, ring, log }, imapUrl);
      closers.push(() => mailbox.close());
    }
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, ...COMES_IN_WITHIN }, app);
    const port = await listen(server, config.host, config.port);
    closers.push(() => drain(server));
    log.info({ port, url: config.publicUrl }, 'the API is up');
    return { port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new AppError(
        'CONFIG_INVALID',
        `HOST ${host} is not an address of this machine: omit it, or set an address of this machine.`,
        {
          cause,
        },
      );
    const why =
      code === 'EADDRINUSE'
        ? 'is in use by another program: stop that program, or set PORT to a free port'
        : 'cannot be used: set PORT to another port';
    throw new AppError('CONFIG_INVALID', `Port ${port} ${why}.`, { cause });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Takes no more requests, lets those under way end, and cuts off what does not. */
async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  // A kept connection is idle, not closed, once its request is answered.
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_FOR_IDLE_MS);
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
