/** A client as a careful one is written: it asks until it is answered, the one API and then the other, with the same key. */
export interface ChaosClient {
  ask(request: Request): Promise<Answer>;
  /** How often each status was answered; 0: no answer at all. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Answers that no client should ever get: 5xx other than 503, with what was asked. */
  readonly unexpected: readonly string[];
  /** From here on nothing is repeated any more, and nothing new is asked: it counts as not answered. */
  giveUp(): void;
}

interface Request {
  method: 'GET' | 'HEAD' | 'POST';
  path: string;
  body?: unknown;
  key?: string;
  /** User-Agent of somebody who follows a link: without a key of the API. */
  agent?: string;
  /** Once is enough: what cannot be repeated safely, or need not be. */
  once?: boolean;
  /** For how long it is repeated at most; until it is given up on without it. */
  forMs?: number;
  timeoutMs?: number;
}

export interface Answer {
  status: number;
  /** Empty for an answer that is not JSON. */
  body: { [name: string]: unknown };
  /** Where a redirect leads; it is not followed. */
  location: string | null;
  /** An open or click that a crash may yet lose: the person was not kept waiting. */
  isKeptLater: boolean;
  attempts: number;
}

const PAUSE_MS = 700;
const UNANSWERED = { status: 0, body: {}, location: null, isKeptLater: false };
/** Problems that say: the same again, later. */
const AGAIN = new Set(['IDEMPOTENCY_IN_PROGRESS', 'COMMAND_PENDING', 'UNAVAILABLE', 'TOO_BUSY', 'INTERNAL']);

export function createClient(apis: readonly string[], adminKey: string): ChaosClient {
  const statuses = new Map<number, number>();
  const unexpected: string[] = [];
  let turn = 0;
  let givenUp = false;

  async function askOnce(request: Request): Promise<Omit<Answer, 'attempts'>> {
    const { method, path, body, timeoutMs = 20_000 } = request;
    turn += 1;
    try {
      const response = await fetch(`${apis[turn % apis.length]}${path}`, {
        method,
        headers: headersOf(request, adminKey),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
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
        location: response.headers.get('location'),
        isKeptLater: response.headers.get('x-kept') === 'later',
      };
    } catch {
      // Refused, reset, too late, or half an answer: it is not known what became of it.
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

function headersOf({ agent, body, key }: Request, adminKey: string): { [name: string]: string } {
  return {
    ...(agent === undefined ? { authorization: `Bearer ${adminKey}` } : { 'user-agent': agent }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
}

function jsonOf(response: Response, text: string): Answer['body'] {
  return /json/.test(response.headers.get('content-type') ?? '') ? (JSON.parse(text) as Answer['body']) : {};
}
