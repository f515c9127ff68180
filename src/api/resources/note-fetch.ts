import type { Request } from 'express';
import type { Tracker } from '../../store/tracking/tracker.ts';
import { isDoneWithin } from '../../store/done-within.ts';

/**
 * How long a person waits for the database, in milliseconds. A fetch that is kept by then survives a crash; one that is not is kept
 * as soon as it can be, and the person is sent on.
 */
const KEPT_WITHIN_MS = 60;

/** Takes note of a GET of a pixel or link (HEAD appends nothing). Answers headers that say when it is yet to be kept. */
export async function noteFetch(
  tracker: Tracker,
  request: Request,
  what: { sendId: string; linkId: number | null },
): Promise<Readonly<Record<string, string>>> {
  if (request.method === 'HEAD') {
    tracker.head(what.sendId);
    return {};
  }
  const userAgent = request.headers['user-agent'] ?? null;
  const isKept = await isDoneWithin(
    KEPT_WITHIN_MS,
    tracker.note({ ...what, method: request.method, userAgent, ip: request.ip }),
  );
  return isKept ? {} : { 'X-Kept': 'later' };
}
