import pg from 'pg';

/** Callers that may wait for each connection: at a few dozen milliseconds each, the last of them waits for about a second. */
const WAITING_PER_CONNECTION = 20;

/** More wait for a connection than will get one in time: whoever comes now is better served by a repeat. */
class PoolBusyError extends Error {
  readonly code = 'POOL_BUSY';

  constructor(waiting: number) {
    super(`${waiting} callers wait for a connection to the database`);
    this.name = 'PoolBusyError';
  }
}

/**
 * A pool that turns away whom it could not serve soon. Without a bound a burst makes everybody wait for the whole time-out,
 * and most of what is done in the end is done for callers who have gone.
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
