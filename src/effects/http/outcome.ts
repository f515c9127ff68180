import type { Outcome } from '../../domain/effect.ts';

/** Not now: they are tried again. */
const LATER: ReadonlySet<number> = new Set([408, 409, 425, 429]);
/** About us: the address, the key, the method. A person mends it, and then the same message goes out. */
const ABOUT_US: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 410, 411, 413, 415, 426, 431]);

/**
 * What an HTTP answer means. An error of the server and an answer that does not come are tried again, though the message may have
 * arrived: it carries the same id each time, by which the receiver knows it. A redirect is not followed.
 * @param text The body; null: too long to be read
 */
export function outcomeOfStatus(status: number, contentType: string, text: string | null): Outcome {
  const response = `HTTP ${status}`;
  if (status >= 200 && status < 300) {
    const answer = text === null ? null : answerOf(contentType, text);
    return { kind: 'accepted', response, ...(answer === null ? {} : { answer }) };
  }
  if (status >= 500 || LATER.has(status)) return { kind: 'released', reason: response, code: String(status) };
  const reason = status >= 300 && status < 400 ? `${response}: redirects are not followed` : response;
  const scope = status < 400 || ABOUT_US.has(status) ? 'sender' : 'recipient';
  return { kind: 'refused', permanent: true, reason, code: String(status), scope };
}

/** No answer, or none in time. No message of the error, which can quote the address. */
export function outcomeOfError(error: unknown): Outcome {
  const code = codeOf(error);
  return { kind: 'released', reason: `no answer (${code})`, code };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name;
}

/** The object in a JSON answer; null for anything else. */
function answerOf(contentType: string, text: string): Readonly<Record<string, unknown>> | null {
  if (!/\bjson\b/i.test(contentType)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
