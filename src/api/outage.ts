import { AppError } from '../domain/errors.ts';

/**
 * Recognises that the database or Temporal cannot be reached, or has no room left, whatever library says so. Prisma, its
 * adapter, node-postgres and gRPC each wrap the others' errors, so the whole chain of causes is looked at.
 */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1003', 'P1008', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037']);
const ADAPTER_KINDS = new Set([
  'DatabaseNotReachable',
  'DatabaseDoesNotExist',
  'ConnectionClosed',
  'TooManyConnections',
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
/** Connection exceptions, no such database, shutting down, starting up, too many connections. */
const SQLSTATE = /^(?:08\w{3}|3D000|57P0[1-5]|53300)$/;
const POOL_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i;
/** gRPC: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const GRPC_CODES = new Set([4, 8, 14]);
/**
 * NOT_FOUND, when it is the namespace: it was there when the process started, and a Temporal server that has lost its own
 * store says so for a while.
 */
const LOST_NAMESPACE = { code: 5, message: /namespace \S+ is not found/i } as const;
const MAX_DEPTH = 8;

type Part = 'database' | 'temporal';

/** UNAVAILABLE that names the part, or null when the error says something else. */
export function outageOf(error: unknown): AppError | null {
  const part = partOf(error);
  if (part === null) return null;
  const name = part === 'database' ? 'The database' : 'Temporal';
  return new AppError(
    'UNAVAILABLE',
    `${name} cannot be reached at the moment; nothing was done that a repeat would do twice`,
    { cause: error },
  );
}

function partOf(error: unknown): Part | null {
  let current: unknown = error;
  for (let depth = 0; depth < MAX_DEPTH && typeof current === 'object' && current !== null; depth++) {
    const code = 'code' in current ? current.code : undefined;
    if (typeof code === 'number' && GRPC_CODES.has(code)) return 'temporal';
    if (code === LOST_NAMESPACE.code && current instanceof Error && LOST_NAMESPACE.message.test(current.message))
      return 'temporal';
    if (typeof code === 'string' && (PRISMA_CODES.has(code) || SOCKET_CODES.has(code) || SQLSTATE.test(code)))
      return 'database';
    if ('originalCode' in current && typeof current.originalCode === 'string' && SQLSTATE.test(current.originalCode))
      return 'database';
    if ('kind' in current && typeof current.kind === 'string' && ADAPTER_KINDS.has(current.kind)) return 'database';
    if (current instanceof Error && POOL_MESSAGES.test(current.message)) return 'database';
    current = nextCause(current);
  }
  return null;
}

/** Prisma keeps the adapter's error under `meta.driverAdapterError`; everybody else under `cause`. */
function nextCause(error: object): unknown {
  if ('cause' in error && error.cause !== undefined) return error.cause;
  if ('meta' in error && typeof error.meta === 'object' && error.meta !== null && 'driverAdapterError' in error.meta) {
    return error.meta.driverAdapterError;
  }
  return undefined;
}
