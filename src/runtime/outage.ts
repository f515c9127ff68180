/**
 * Recognizes errors that mean: the database or Temporal cannot be reached, or has too much to do. Prisma, its adapter,
 * node-postgres and gRPC wrap each other's errors, so the whole chain of causes is searched.
 */
import { status } from './grpc.ts';

/** The request was not at fault, and trying again later may help. */
export interface Outage {
  of: 'database' | 'temporal' | 'load';
  /** The code of the library or server, for people to read. */
  code: string;
}

/** All codes P1nnn are about the connection. */
const PRISMA_CODE = /^(?:P1\d{3}|P2028)$/;
const ADAPTER_KINDS = new Set([
  'DatabaseNotReachable',
  'DatabaseDoesNotExist',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
]);
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** Connection errors, no such database, server shutting down or starting up. */
const SQLSTATE = /^(?:08\w{3}|3D000|57P0[1-5])$/;
/** Messages of node-postgres about a lost connection. The last one means that the server no longer answers. */
const POOL_MESSAGES = /connection terminated|client has encountered a connection error|query read timeout/i;
/** Codes of Prisma and of our pool: no connection became free in time, or a transaction was rolled back in favor of another. */
const BUSY_CODES = new Set(['P2024', 'P2034', 'P2037', 'POOL_BUSY']);
/**
 * Rolled back in favor of another transaction (deadlock among them); out of connections, memory or disk; a statement, a lock or
 * an idle transaction that took longer than it may.
 */
const BUSY_SQLSTATE = /^(?:(?:40|53)\w{3}|57014|55P03|25P03)$/;
const BUSY_KIND = 'TooManyConnections';
/**
 * Messages of node-postgres about a wait for a connection, and of Prisma (with P2028) about a transaction that could not begin or
 * end in time.
 */
const BUSY_MESSAGES =
  /timeout exceeded when trying to connect|unable to start a transaction|expired transaction|transaction has ended/i;
const TEMPORAL_CODES = new Set([status.DEADLINE_EXCEEDED, status.UNAVAILABLE]);
/**
 * NOT_FOUND for the namespace. It existed when the process started; a Temporal server that has lost its own store answers this
 * for a while.
 */
const LOST_NAMESPACE = { code: status.NOT_FOUND, message: /namespace \S+ is not found/i } as const;
const MAX_DEPTH = 8;

/** Null when the error says something else. */
export function outageOf(error: unknown): Outage | null {
  let current: unknown = error;
  for (let depth = 0; depth < MAX_DEPTH && typeof current === 'object' && current !== null; depth++) {
    const outage = outageIn(current);
    if (outage !== null) return outage;
    current = nextCause(current);
  }
  return null;
}

/** Load is checked first: Prisma has one code (P2028) for a transaction that waited too long and for one that lost its connection. */
function outageIn(error: object): Outage | null {
  const code = 'code' in error ? error.code : undefined;
  const codes = [code, 'originalCode' in error ? error.originalCode : undefined].filter(
    (one) => typeof one === 'string',
  );
  const kind = 'kind' in error && typeof error.kind === 'string' ? error.kind : '';
  const message = error instanceof Error ? error.message : '';
  const named = codes[0] ?? kind;

  if (code === status.RESOURCE_EXHAUSTED) return { of: 'load', code: 'RESOURCE_EXHAUSTED' };
  const busy = codes.find((one) => BUSY_CODES.has(one) || BUSY_SQLSTATE.test(one));
  if (busy !== undefined) return { of: 'load', code: busy };
  if (kind === BUSY_KIND || BUSY_MESSAGES.test(message)) return { of: 'load', code: named || 'POOL_BUSY' };

  if (typeof code === 'number' && TEMPORAL_CODES.has(code)) return { of: 'temporal', code: `gRPC ${code}` };
  if (code === LOST_NAMESPACE.code && LOST_NAMESPACE.message.test(message))
    return { of: 'temporal', code: `gRPC ${code}` };

  const away = codes.find((one) => PRISMA_CODE.test(one) || SOCKET_CODES.has(one) || SQLSTATE.test(one));
  if (away !== undefined) return { of: 'database', code: away };
  if (ADAPTER_KINDS.has(kind) || POOL_MESSAGES.test(message)) return { of: 'database', code: named || 'ECONNRESET' };
  return null;
}

/** Prisma keeps the adapter's error under `meta.driverAdapterError`; every other library uses `cause`. */
function nextCause(error: object): unknown {
  if ('cause' in error && error.cause !== undefined) return error.cause;
  if ('meta' in error && typeof error.meta === 'object' && error.meta !== null && 'driverAdapterError' in error.meta) {
    return error.meta.driverAdapterError;
  }
  return undefined;
}
