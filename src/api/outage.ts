import { AppError } from '../domain/errors.ts';

/**
 * Recognises that the database or Temporal cannot be reached, or that there is too much to do for them, whatever library says
 * so. Prisma, its adapter, node-postgres and gRPC each wrap the others' errors, so the whole chain of causes is looked at.
 */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1003', 'P1008', 'P1011', 'P1017', 'P2028']);
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
/** Connection exceptions, no such database, shutting down, starting up. */
const SQLSTATE = /^(?:08\w{3}|3D000|57P0[1-5])$/;
const POOL_MESSAGES = /connection terminated|client has encountered a connection error/i;
/** Of Prisma, our pool and PostgreSQL: no connection came free in time, or the server has none left. */
const BUSY_CODES = new Set(['P2024', 'P2037', 'POOL_BUSY', '53300']);
const BUSY_KIND = 'TooManyConnections';
/** What node-postgres says of a wait in its queue, and Prisma (with P2028) of a transaction that could not begin, or not end, in time. */
const BUSY_MESSAGES = /timeout exceeded when trying to connect|unable to start a transaction|expired transaction/i;
/** gRPC: DEADLINE_EXCEEDED, UNAVAILABLE. */
const GRPC_CODES = new Set([4, 14]);
const GRPC_RESOURCE_EXHAUSTED = 8;
/**
 * NOT_FOUND, when it is the namespace: it was there when the process started, and a Temporal server that has lost its own
 * store says so for a while.
 */
const LOST_NAMESPACE = { code: 5, message: /namespace \S+ is not found/i } as const;
const MAX_DEPTH = 8;
/** Seconds after which a repeat may succeed: the header Retry-After. */
export const RETRY_AFTER_S = 2;

type Trouble = 'database' | 'temporal' | 'load';

const DETAIL: Readonly<Record<Trouble, string>> = {
  database: 'The database cannot be reached at the moment; nothing was done that a repeat would do twice',
  temporal: 'Temporal cannot be reached at the moment; nothing was done that a repeat would do twice',
  load: `Too busy right now: try again in ${RETRY_AFTER_S} s; nothing was done that a repeat would do twice`,
};

/** UNAVAILABLE that names the part, TOO_BUSY, or null when the error says something else. */
export function outageOf(error: unknown): AppError | null {
  const trouble = troubleOf(error);
  if (trouble === null) return null;
  return new AppError(trouble === 'load' ? 'TOO_BUSY' : 'UNAVAILABLE', DETAIL[trouble], { cause: error });
}

function troubleOf(error: unknown): Trouble | null {
  let current: unknown = error;
  for (let depth = 0; depth < MAX_DEPTH && typeof current === 'object' && current !== null; depth++) {
    const trouble = troubleIn(current);
    if (trouble !== null) return trouble;
    current = nextCause(current);
  }
  return null;
}

/** Load is looked for first: Prisma has one code (P2028) for a transaction that waited in vain and for one that was cut off. */
function troubleIn(error: object): Trouble | null {
  const code = 'code' in error ? error.code : undefined;
  const codes = [code, 'originalCode' in error ? error.originalCode : undefined].filter(
    (one) => typeof one === 'string',
  );
  const kind = 'kind' in error ? error.kind : undefined;
  const message = error instanceof Error ? error.message : '';
  if (code === GRPC_RESOURCE_EXHAUSTED || kind === BUSY_KIND || BUSY_MESSAGES.test(message)) return 'load';
  if (codes.some((one) => BUSY_CODES.has(one))) return 'load';
  if (typeof code === 'number' && GRPC_CODES.has(code)) return 'temporal';
  if (code === LOST_NAMESPACE.code && LOST_NAMESPACE.message.test(message)) return 'temporal';
  if (codes.some((one) => PRISMA_CODES.has(one) || SOCKET_CODES.has(one) || SQLSTATE.test(one))) return 'database';
  if (typeof kind === 'string' && ADAPTER_KINDS.has(kind)) return 'database';
  return POOL_MESSAGES.test(message) ? 'database' : null;
}

/** Prisma keeps the adapter's error under `meta.driverAdapterError`; everybody else under `cause`. */
function nextCause(error: object): unknown {
  if ('cause' in error && error.cause !== undefined) return error.cause;
  if ('meta' in error && typeof error.meta === 'object' && error.meta !== null && 'driverAdapterError' in error.meta) {
    return error.meta.driverAdapterError;
  }
  return undefined;
}
