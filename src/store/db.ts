/**
 * The database: Prisma's client over one pool of connections of a stated size. Its raw statements go straight to that pool or,
 * in a transaction, to the transaction's connection (see direct.ts).
 */
import pg from 'pg';

import { DATABASE } from '../domain/budgets.ts';
import { BoundedPool } from './bounded-pool.ts';
import { DirectPrismaPg, withDirect } from './direct.ts';
import { Prisma, PrismaClient } from './generated/client.ts';

export type Db = PrismaClient;
/** What a query runs on inside a transaction. Functions that take it hold no transaction of their own. */
export type Tx = Prisma.TransactionClient;

export interface DbOptions {
  /** Connections in the pool. A process never uses more. */
  max?: number;
  /** Milliseconds after which a statement without an answer is given up, and its connection with it; 20 s by default. */
  queryTimeoutMs?: number;
}

const POOL_SIZE = 10;
const IDLE_TIMEOUT_MS = 30_000;
/** Default limits of a transaction: the longest wait for a free connection, and its longest duration. */
export const TRANSACTION = { maxWait: DATABASE.connection, timeout: DATABASE.transaction };
/** The time-outs of a connection. The server ends a transaction that exceeds them: a lost client must not hold a lead's lock. */
export const CONNECTION = {
  connectionTimeoutMillis: DATABASE.connection,
  statement_timeout: DATABASE.statement,
  idle_in_transaction_session_timeout: DATABASE.transaction,
  /** For a server whose host is gone: then the server's own time-outs do not work, and no answer comes. */
  query_timeout: DATABASE.answer,
};
/** An idle connection is probed after this time, then each second. It is closed after ten probes without an answer. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * A connection that the server may end at any moment. A query that uses it reports that. But between leaving the pool and the first query
 * there is no listener, and an error without a listener would end the process.
 */
class PooledConnection extends pg.Client {
  constructor(options?: pg.ClientConfig) {
    super(options);
    this.on('error', () => {});
  }

  /** Whether a query on it timed out. The client itself learns this a moment later, when it may be back in the pool. */
  get isCutOff(): boolean {
    return this.connection.stream.destroyed;
  }

  /** Statements that are sent together leave in one packet, so that the server wakes once and not for each statement. */
  override query: pg.Client['query'] = ((...args: Parameters<pg.Client['query']>) => {
    const { stream } = this.connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return pg.Client.prototype.query.apply(this, args);
  }) as pg.Client['query'];
}

/**
 * A client of the database. Connects when first used. Transactions run at READ COMMITTED: a row read after its lock was
 * waited for is the row as the transaction before left it.
 */
export function createDb(databaseUrl: string, options: DbOptions = {}): Db {
  const pool = createPool(databaseUrl, options);
  const adapter = new DirectPrismaPg(pool, { disposeExternalPool: true });
  return withDirect(new PrismaClient({ adapter, transactionOptions: TRANSACTION }), pool);
}

/** The same connections without Prisma, for code that needs its own connections. */
export function createPool(databaseUrl: string, options: DbOptions = {}): pg.Pool {
  const pool = new BoundedPool({
    connectionString: databaseUrl,
    max: options.max ?? POOL_SIZE,
    Client: PooledConnection,
    // Statements that do not wait for one another's answers share a round trip. They are carried out in the order they were sent.
    pipeline: true,
    ...CONNECTION,
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs }),
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    application_name: 'nurture-engine',
    // The adapter reads and writes timestamps without their zone: any other session zone would shift them. Compiling a statement (jit)
    // takes longer than it saves: a page of the console took twice as long with it among a million leads.
    options: '-c TimeZone=UTC -c jit=off',
  });
  // An idle connection that ends is removed from the pool; nothing else is needed.
  pool.on('error', () => {});
  // A connection that is ending is not used again: a transaction returns its connection without reporting its state.
  pool.on('release', (_error, client) => {
    if (client instanceof PooledConnection && client.isCutOff) void client.end();
  });
  return pool;
}

/** Resolves when the database answers. */
export async function ping(db: Db): Promise<void> {
  await db.$queryRaw`SELECT 1`;
}

/** Ends the pool once its queries are done. */
export async function closeDb(db: Db): Promise<void> {
  await db.$disconnect();
}

const DEADLOCK_RETRIES = 3;

/**
 * One transaction. A deadlock (two transactions that took what they need in different orders) is the loser's to repeat,
 * so `work` may run again: it must do nothing outside of the database.
 */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.$transaction(work);
    } catch (error) {
      if (!isDeadlock(error) || attempt > DEADLOCK_RETRIES) throw error;
    }
  }
}

/** P2034 is a query's own deadlock; a raw statement reports PostgreSQL's code. */
function isDeadlock(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) return error.code === 'P2034';
  return error instanceof pg.DatabaseError && (error.code === '40P01' || error.code === '40001');
}
