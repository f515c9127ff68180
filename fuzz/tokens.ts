/**
 * Changes the links of emails bit by bit and byte by byte. A changed link must get the documented refusal, and nothing may be
 * written.
 */
import { newId } from '../src/domain/ids.ts';
import type { Tokens } from '../src/crypto/tokens.ts';
import type { Db } from '../src/store/db.ts';
import { changesSince, contents, settled } from './contents.ts';
import { nearBytes } from './mutate.ts';
import type { Outcome } from './report.ts';

/** A URL that takes a token, and its answer to a token that is not ours. */
interface TokenPlace {
  name: string;
  method: 'GET' | 'HEAD' | 'POST';
  url(token: string): string;
  body?: string;
  contentType: RegExp;
  token: string;
}

export interface TokenTarget {
  db: Db;
  tokens: Tokens;
  handOff: { assignmentId: string; leadId: string; repId: string };
  request(method: string, url: string, init: RequestInit): Promise<Response>;
}

const PAGE = /^text\/html/;
const FORM = 'application/x-www-form-urlencoded';
const IN_PARALLEL = 8;

/** @param stride Tries every n-th changed token; 1 tries all. */
export async function fuzzTokens(target: TokenTarget, stride: number): Promise<Outcome[]> {
  const places = await placesIn(target);
  const outcomes: Outcome[] = [];
  for (const place of places) {
    const before = await settled(target.db);
    const failures: string[] = [];
    const changed = [
      ...changedTokens(
        place.token,
        places.map(({ token }) => token),
      ),
    ].filter((_, index) => index % stride === 0);
    const queue = changed.values();
    await Promise.all(
      Array.from({ length: IN_PARALLEL }, async () => {
        for (const token of queue) {
          const problem = await problemWith(target, place, token);
          if (problem !== null) failures.push(problem);
        }
      }),
    );
    failures.push(...changesSince(before, await contents(target.db)));
    outcomes.push({ part: 'tokens', about: place.name, operations: 1, requests: changed.length, failures });
  }
  return outcomes;
}

async function placesIn({ db, tokens, handOff }: TokenTarget): Promise<TokenPlace[]> {
  const at = new Date();
  const sendId = await recordSend(db, handOff.leadId);
  const url = 'https://shop.example/fuzzed';
  const link = await db.link.upsert({ where: { url }, create: { url }, update: {} });
  const expiresAt = new Date(at.getTime() + 86_400_000);
  const open = tokens.open(sendId);
  const click = tokens.click(sendId, link.id);
  const unsubscribe = tokens.unsubscribe(sendId);
  const decision = tokens.decision({ assignmentId: handOff.assignmentId, repId: handOff.repId, expiresAt });
  const pixel = { url: (token: string) => `/o/${token}.gif`, contentType: /^image\/gif/, token: open };
  const redirect = { url: (token: string) => `/c/${token}`, contentType: PAGE, token: click };
  const leave = { url: (token: string) => `/u/${token}`, contentType: PAGE, token: unsubscribe };
  const decide = { url: (token: string) => `/r/${token}`, contentType: PAGE, token: decision };
  return [
    { ...pixel, name: 'GET /o/{token}.gif', method: 'GET' },
    { ...redirect, name: 'GET /c/{token}', method: 'GET' },
    { ...redirect, name: 'HEAD /c/{token}', method: 'HEAD' },
    { ...leave, name: 'GET /u/{token}', method: 'GET' },
    { ...leave, name: 'POST /u/{token}', method: 'POST', body: 'List-Unsubscribe=One-Click' },
    { ...decide, name: 'GET /r/{token}', method: 'GET' },
    { ...decide, name: 'POST /r/{token}', method: 'POST', body: 'decision=accept' },
  ];
}

/** An email as if it had been sent to that lead. */
export async function recordSend(db: Db, leadId: string): Promise<string> {
  const id = newId('send');
  const at = new Date();
  const data = {
    id,
    key: id,
    leadId,
    templateKey: 'fuzz',
    status: 'sent',
    attempt: 'x',
    occurredAt: at,
    sentAt: at,
  } as const;
  await db.send.create({ data });
  return id;
}

/** Changed bytes, changed spellings of the same bytes, cut-off and lengthened ones, and tokens of the other kinds. */
export function* changedTokens(token: string, others: readonly string[]): Generator<string> {
  const bytes = Buffer.from(token, 'base64url');
  for (const near of nearBytes(bytes)) yield near.toString('base64url');
  for (const length of [0, 1, 2, 12, bytes.length - 1]) yield bytes.subarray(0, length).toString('base64url') || 'x';
  yield Buffer.concat([bytes, Buffer.from([0])]).toString('base64url');
  yield Buffer.concat([Buffer.from([0]), bytes]).toString('base64url');
  yield `${token}=`;
  yield `${token}%3D%3D`;
  yield `%20${token}`;
  yield `${token}%00`;
  yield `${token.slice(0, 5)}%2F${token.slice(5)}`;
  yield `${token}${token}`;
  yield 'A'.repeat(4_000);
  if (token.toUpperCase() !== token) yield token.toUpperCase();
  for (const other of others) if (other !== token) yield other;
}

async function problemWith(target: TokenTarget, place: TokenPlace, token: string): Promise<string | null> {
  const init = place.body === undefined ? {} : { body: place.body, headers: { 'content-type': FORM } };
  const response = await target.request(place.method, place.url(token), { ...init, redirect: 'manual' });
  await response.arrayBuffer();
  const type = response.headers.get('content-type') ?? '';
  if (response.status === 404 && place.contentType.test(type)) return null;
  return `answered ${response.status} ${type} for ${token.slice(0, 200)}`;
}
