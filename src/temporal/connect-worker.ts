/** The worker's connection. A file of its own, so that the API does not load the worker's native library. */
import { NativeConnection } from '@temporalio/worker';

import { connectionOptions, unreachable, type TemporalSettings } from './connect.ts';

const CONNECT_TIMEOUT_MS = 8_000;

/**
 * A native connection that was tried and works.
 *
 * @throws AppError UNAVAILABLE within a few seconds when the server does not answer
 */
export async function connectWorker(temporal: TemporalSettings): Promise<NativeConnection> {
  const options = await connectionOptions(temporal);
  const connecting = NativeConnection.connect(options);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), CONNECT_TIMEOUT_MS);
  });
  try {
    return await Promise.race([connecting, timeout]);
  } catch (cause) {
    connecting.then((late) => late.close()).catch(() => {});
    throw unreachable(temporal, cause);
  } finally {
    clearTimeout(timer);
  }
}
