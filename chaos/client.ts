/** A careful client: it repeats a request with the same key, at one API and then at the other, until it gets an answer. */
export interface ChaosClient {
  ask(request: Request): Promise<Answer>;
  /** The number of answers of each status; 0 stands for no answer at all. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Answers that no client should get (5xx other than 503), with their requests. */
  readonly unexpected: readonly string[];
  /** From now on no request is repeated or started: each counts as not answered. */
  giveUp(): void;
}

interface Request {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH';
  path: string;
  body?: unknown;
  key?: string;
  /** The User-Agent of a person who follows a link, without an API key. */
  agent?: string;
  /** The session of a person who uses the console, without an API key. */
  cookie?: string;
  /** Fields of a form of the console, in place of a body. */
  form?: readonly (readonly [string, string])[];
  /** Sent once: the request cannot be repeated safely, or need not be. */
  once?: boolean;
  /** The request is repeated for this long at most; without it, until the client gives up. */
  forMs?: number;
  timeoutMs?: number;
}

export interface Answer {
  status: number;
  /** Empty for an answer that is not JSON. */
  body: { [name: string]: unknown };
  /** A page of the console; empty for any other answer. */
  text: string;
  /** The target of a redirect, which is not followed. */
  location: string | null;
  /** True for an open or click that a crash may still lose, because the answer did not wait until it was recorded. */
  isKeptLater: boolean;
  attempts: number;
}

const PAUSE_MS = 700;
const UNANSWERED = { status: 0, body: {}, text: '', location: null, isKeptLater: false };
/** Problems that ask the client to repeat the same request later. */
const AGAIN = new Set(['IDEMPOTENCY_IN_PROGRESS', 'COMMAND_PENDING', 'UNAVAILABLE', 'TOO_BUSY', 'INTERNAL']);

export function createClient(apis: readonly string[], adminKey: string): ChaosClient {
  const statuses = new Map<number, number>();
  const unexpected: string[] = [];
  let turn = 0;
  let givenUp = false;

  async function askOnce(request: Request): Promise<Omit<Answer, 'attempts'>> {
    const { method, path, body, form, cookie, timeoutMs = 20_000 } = request;
    turn += 1;
    try {
      const response = await fetch(`${apis[turn % apis.length]}${path}`, {
        method,
        headers: headersOf(request, adminKey),
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(form !== undefined && {
          body: new URLSearchParams(form.map(([name, value]): [string, string] => [name, value])),
        }),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      if (response.status >= 500 && response.status !== 503) {
        unexpected.push(`${new Date().toISOString()} ${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
      }
      return {
        status: response.status,
        body: jsonOf(response, text),
        text: cookie === undefined ? '' : text,
        location: response.headers.get('location'),
        isKeptLater: response.headers.get('x-kept') === 'later',
      };
    } catch {
      // Refused, reset, timed out, or half an answer: it is not known what happened to the request.
      return UNANSWERED;
    }
  }

  return {
    statuses,
    unexpected,
    giveUp() {
      givenUp = true;
    },
    async ask(request) {
      if (givenUp) return { ...UNANSWERED, attempts: 0 };
      const deadline = Date.now() + (request.forMs ?? Infinity);
      for (let attempts = 1; ; attempts += 1) {
        const answer = await askOnce(request);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const { isKeptLater } = answer;
        const undecided =
          isKeptLater || answer.status === 0 || answer.status >= 500 || AGAIN.has(String(answer.body['code']));
        const isLast = request.once === true || givenUp || Date.now() > deadline;
        if (!undecided || isLast) return { ...answer, attempts };
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    },
  };
}

function headersOf({ agent, body, cookie, key }: Request, adminKey: string): { [name: string]: string } {
  if (cookie !== undefined) return { cookie };
  return {
    ...(agent === undefined ? { authorization: `Bearer ${adminKey}` } : { 'user-agent': agent }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
}

function jsonOf(response: Response, text: string): Answer['body'] {
  return /json/.test(response.headers.get('content-type') ?? '') ? (JSON.parse(text) as Answer['body']) : {};
}
