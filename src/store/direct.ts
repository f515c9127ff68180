/**
 * Raw statements without Prisma's engine between: straight to the connection, prepared there by name. Through the engine each
 * costs three to six times the CPU of this process (docs/performance.md), and a step of a lead is some twenty of them. What is
 * not on the way of a step or an event uses Prisma's models, in the same transaction.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

import { DATABASE } from '../domain/budgets.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Tx = Prisma.TransactionClient;
type Queryable = Pick<pg.ClientBase, 'query'>;

/** The connection of a transaction under way; null once it has ended, as then it is somebody else's. */
interface Session {
  connection: pg.ClientBase | null;
  /** Of the first statement that failed. */
  failure?: unknown;
}

/** Leads from the call of a transaction to the adapter, which opens the transaction somewhere inside Prisma. */
const opening = new AsyncLocalStorage<Session>();

/** Prisma's adapter, which also tells on which connection a transaction was begun. */
export class DirectPrismaPg extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const transaction = await startTransaction(isolationLevel);
      const session = opening.getStore();
      if (session === undefined) return transaction;
      // The adapter's own field, protected in its types: without it every statement would have to go through the engine.
      session.connection = (transaction as unknown as { client: pg.ClientBase }).client;
      const executeRaw = transaction.executeRaw.bind(transaction);
      transaction.executeRaw = (query) => {
        // Also on Prisma's time-out, in the middle of our work: what comes after must not run outside of the transaction.
        if (query.sql === 'COMMIT' || query.sql === 'ROLLBACK') session.connection = null;
        return executeRaw(query);
      };
      return transaction;
    };
    return adapter;
  }
}

/** A client whose raw statements go to the pool, and in an interactive transaction to its connection. */
export function withDirect(client: PrismaClient, pool: pg.Pool): PrismaClient {
  const $transaction = (work: (tx: Tx) => Promise<unknown>, limits?: TransactionLimits): Promise<unknown> =>
    runTransaction(client, work, limits);
  return overlay(
    direct(client, () => pool),
    { $transaction },
  );
}

/** The client with some of its methods replaced. Assigning would reach into the client's own proxies. */
function overlay<C extends object>(client: C, methods: Record<string, unknown>): C {
  const properties = Object.entries(methods).map(([name, value]) => [
    name,
    { value, configurable: true, writable: true },
  ]);
  return Object.create(client, Object.fromEntries(properties) as PropertyDescriptorMap) as C;
}

interface TransactionLimits {
  maxWait?: number;
  timeout?: number;
}

function runTransaction<T>(client: PrismaClient, work: (tx: Tx) => Promise<T>, limits?: TransactionLimits): Promise<T> {
  const session: Session = { connection: null };
  const connection = (): Queryable => {
    if (session.connection === null)
      throw new Error('The transaction has ended: this statement would run outside of it');
    return session.connection;
  };
  // What may take longer than usual as a whole may have a statement that does.
  const timeout = limits?.timeout ?? 0;
  const patience = timeout > DATABASE.answer ? { query_timeout: timeout } : {};
  return opening.run(session, () =>
    client.$transaction((tx) => opening.exit(() => work(direct(tx, connection, causeIn(session), patience))), limits),
  );
}

/**
 * Statements that share a round trip fail together: the first for a reason of its own, those after it because the transaction is
 * over. Whoever waits for one of those learns the reason too: whether it is an outage is told by that.
 */
function causeIn(session: Session): (error: unknown) => unknown {
  return (error) => {
    const follows = error instanceof pg.DatabaseError && error.code === IN_FAILED_TRANSACTION;
    return follows ? (session.failure ?? error) : (session.failure ??= error);
  };
}

const IN_FAILED_TRANSACTION = '25P02';

function direct<C extends Tx>(
  client: C,
  connection: () => Queryable,
  causeOf: (error: unknown) => unknown = (error) => error,
  patience: { query_timeout?: number } = {},
): C {
  const ask = async (query: pg.QueryConfig): Promise<pg.QueryResult> => {
    try {
      return await connection().query({ ...query, ...patience, types: TYPES });
    } catch (error) {
      throw causeOf(error);
    }
  };
  const run = (query: TemplateStringsArray | Prisma.Sql, values: unknown[]): Promise<pg.QueryResult> => {
    const statement = 'raw' in query ? Prisma.sql(query, ...values) : query;
    return ask({ ...prepared(statement.text), values: statement.values });
  };
  return overlay(client, {
    $queryRaw: async (query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) =>
      (await run(query, values)).rows,
    $queryRawUnsafe: async (text: string, ...values: unknown[]) => (await ask({ text, values })).rows,
    $executeRaw: async (query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) =>
      (await run(query, values)).rowCount ?? 0,
  });
}

/** Statements by their text. There are as many as the code has; the bound is against one that would build texts without end. */
const names = new Map<string, string>();
const NAMES_KEPT = 500;

function prepared(text: string): { text: string; name?: string } {
  let name = names.get(text);
  if (name === undefined && names.size < NAMES_KEPT) names.set(text, (name = `nurture_${names.size}`));
  return name === undefined ? { text } : { text, name };
}

/** As Prisma reads them: whole numbers of 64 bits as bigint. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    (oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format)) as never,
};
