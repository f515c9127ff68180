/** Codes of Node, PostgreSQL (classes 08, 53, 57, 40) and Prisma that say: not reachable, too busy, or try again. */
const OUTAGE = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|08|53|57P|40|P1\d\d\d|P2024|P2028|P2034|P2037)/;

/** What node-postgres says, without a code, when a connection is lost in the middle of a transaction or none can be had. */
const LOST_CONNECTION =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error/i;

interface MaybeCoded {
  code?: unknown;
  originalCode?: unknown;
  cause?: unknown;
  meta?: { driverAdapterError?: unknown };
}

/**
 * The code of an outage, or null for any other error. The driver's error wraps PostgreSQL's, and Prisma keeps that under `meta` or
 * as the cause; a lost connection counts as one of Node.
 */
export function outageOf(error: unknown): string | null {
  let code = '';
  for (let at: unknown = error, depth = 0; typeof at === 'object' && at !== null && depth < 6; depth += 1) {
    const { code: here, originalCode, cause, meta } = at as MaybeCoded;
    if (typeof here === 'string') code = here;
    if (typeof originalCode === 'string') code = originalCode;
    if (OUTAGE.test(code)) return code;
    if (at instanceof Error && LOST_CONNECTION.test(at.message)) return 'ECONNRESET';
    at = cause ?? meta?.driverAdapterError;
  }
  return null;
}
