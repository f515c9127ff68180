import pg from 'pg';

/** So many callers may wait for each connection. At a few dozen milliseconds each, the last one waits for about a second. */
const WAITING_PER_CONNECTION = 20;

/** The error for a caller when too many already wait for a connection. A repeat later serves it better. */
class PoolBusyError extends Error {
  readonly code = 'POOL_BUSY';

  constructor(waiting: number) {
    super(`${waiting} callers wait for a connection to the database`);
    this.name = 'PoolBusyError';
  }
}

/**
 * A pool that refuses callers that it could not serve soon. Without a limit, a burst makes every caller wait for the whole time-out, and
 * most of the work is done for callers that have given up.
 */
export class BoundedPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(
    callback: (err: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void,
  ): void;
  override connect(
    callback?: (err: Error | undefined, client: pg.PoolClient | undefined, done: (release?: unknown) => void) => void,
  ): Promise<pg.PoolClient> | void {
    const { waitingCount, options } = this;
    if (waitingCount < options.max * WAITING_PER_CONNECTION)
      return callback === undefined ? super.connect() : super.connect(callback);
    const error = new PoolBusyError(waitingCount);
    if (callback === undefined) return Promise.reject(error);
    process.nextTick(callback, error, undefined, () => {});
  }
}
