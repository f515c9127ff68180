/** `validate --links`: whether what templates link to is there. Asked from this machine, and only of the public internet. */
import pLimit from 'p-limit';
import { Agent, request } from 'undici';
import type { WordedTemplate } from '../domain/template.ts';
import { ForbiddenAddress, guardedConnector } from '../runtime/address-guard.ts';
import { linksIn, type PlacedLink } from '../email/check-links.ts';
import { mistakeOfFile, type PlaybookMistake } from '../language/problems.ts';

/** Milliseconds that a site has to answer. */
const WITHIN_MS = 10_000;
const AT_ONCE = 8;
const MOST_REDIRECTS = 5;
/** Not there, whoever asks. Other answers may be meant for programs only. */
const GONE: ReadonlySet<number> = new Set([404, 410]);
/** A site that does not know HEAD, or that answers it otherwise than GET. */
const TRY_GET: ReadonlySet<number> = new Set([400, 403, 404, 405, 406, 410, 429, 500, 501, 502, 503]);

export interface Reached {
  /** What is not there. */
  mistakes: PlaybookMistake[];
  /** What did not answer as a page does: it may be there for people. */
  warnings: PlaybookMistake[];
}

/** @param allow Hosts of one's own network that may be asked, as in WEBHOOK_ALLOW. */
export async function reachLinks(
  templates: readonly WordedTemplate[],
  { allow, progress }: { allow: readonly string[]; progress: (done: number, all: number) => void },
): Promise<Reached> {
  const places = Map.groupBy(
    templates.flatMap(linksIn).filter(({ url }) => /^https?:\/\/[^{}]+$/i.test(url)),
    ({ url }) => url.replace(/#.*$/, ''),
  );
  const agent = new Agent({ connect: guardedConnector(new Set(allow), WITHIN_MS) });
  const limit = pLimit(AT_ONCE);
  const found: Reached = { mistakes: [], warnings: [] };
  let done = 0;
  progress(done, places.size);
  try {
    await Promise.all(
      [...places].map(([url, links]) =>
        limit(async () => {
          const answer = await ask(agent, url);
          progress((done += 1), places.size);
          if (answer.kind === 'there') return;
          (answer.kind === 'gone' ? found.mistakes : found.warnings).push(...links.map((one) => told(one, answer.why)));
        }),
      ),
    );
  } finally {
    await agent.close();
  }
  return found;
}

function told({ url, place }: PlacedLink, why: string): PlaybookMistake {
  return mistakeOfFile(place.file, `"${url}" ${why}`, place);
}

type Answer = { kind: 'there' } | { kind: 'gone' | 'unclear'; why: string };

async function ask(agent: Agent, url: string): Promise<Answer> {
  try {
    const head = await statusOf(agent, url, 'HEAD');
    const status = TRY_GET.has(head) ? await statusOf(agent, url, 'GET') : head;
    if (status < 400) return { kind: 'there' };
    return { kind: GONE.has(status) ? 'gone' : 'unclear', why: `answers HTTP ${status}` };
  } catch (error) {
    if (error instanceof ForbiddenAddress) return { kind: 'unclear', why: `was not asked: ${error.message}` };
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer in time';
    return { kind: code === 'ENOTFOUND' ? 'gone' : 'unclear', why: `cannot be reached (${code})` };
  }
}

/** Of the page that the address leads to in the end. */
async function statusOf(agent: Agent, url: string, method: 'HEAD' | 'GET', redirects = 0): Promise<number> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher: agent,
    method,
    signal: AbortSignal.timeout(WITHIN_MS),
    headers: { 'user-agent': 'nurture-engine link check' },
  });
  // The page itself is of no interest.
  body.on('error', () => undefined).destroy();
  const { location } = headers;
  if (statusCode < 300 || statusCode > 399 || typeof location !== 'string' || redirects >= MOST_REDIRECTS)
    return statusCode;
  const next = new URL(location, url);
  return /^https?:$/.test(next.protocol) ? statusOf(agent, next.href, method, redirects + 1) : statusCode;
}
