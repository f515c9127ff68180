/** Sends random bytes, and valid bodies and queries with changes. The answer must be a documented one and never 5xx. */
import fc from 'fast-check';
import { byteSoup, changedJson, mutated } from './mutate.ts';
import { encode, urlOf, type Operation } from './operations.ts';
import type { Outcome } from './report.ts';
import type { Target } from './stack.ts';

const JSON_PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\u0000',
  '\\ud800',
  '1e999',
  'null',
  '{"a":',
  '[[[[',
  'events',
  '\u0000',
  '\ufeff',
];
const FORM_PIECES = [
  '&',
  '=',
  '%',
  '%00',
  '%FF',
  '+',
  '[]',
  '[a][b]',
  'decision=accept',
  'reason=too-early',
  'note=',
  '__proto__=x',
];
const PATIENCE_MS = 20_000;

/** Calls as an admin, with valid ids and tokens, so that only the fuzzed part can be the reason for a refusal. */
export async function fuzzInputs(target: Target, operation: Operation, seed: number, runs: number): Promise<Outcome> {
  const { method, path, body, query } = operation;
  const failures: string[] = [];
  const url = urlOf(path, { ...target.offers.others, runId: target.runId }, tokenFor(target, path));
  const inputs =
    body !== null
      ? fc.sample(bodiesOf(body), { seed, numRuns: runs }).map((text) => ({ url, text }))
      : query.length > 0
        ? fc.sample(queriesOf(query), { seed, numRuns: runs }).map((text) => ({ url: `${url}?${text}`, text: null }))
        : [];
  for (const input of inputs) {
    const problem = await problemWith(target, operation, input.url, input.text);
    if (problem !== null) failures.push(`${problem} for ${JSON.stringify(input).slice(0, 300)}`);
  }
  return { part: 'inputs', about: `${method} ${path}`, operations: 1, requests: inputs.length, failures };
}

/** A valid link, so that the body is read. */
function tokenFor({ tokens, offers, sendId }: Target, path: string): string {
  if (!path.startsWith('/r/')) return tokens.unsubscribe(sendId);
  const { assignmentId, repId } = offers.others;
  return tokens.decision({ assignmentId, repId, expiresAt: new Date(Date.now() + 86_400_000) });
}

/** Cursors of our form, for positions where no page can end. */
const CURSORS = [
  ['0000-01-01T00:00:00.000Z', 'x'],
  ['9999-12-31T23:59:59.999Z', ''],
  ['2026-02-30T00:00:00Z', 'x'],
  ['\u0000'],
  ['\ud800', 'x'],
  [''],
  [1],
  {},
].map((keys) => Buffer.from(JSON.stringify(keys)).toString('base64url'));
const QUERY_VALUES = [
  '',
  '0',
  '-1',
  '1e2',
  '0x10',
  '201',
  '99999999999999999999',
  'NaN',
  'none',
  'true',
  'asc',
  'assigned',
  'held',
  'A',
  "' OR 1=1 --",
  '%',
  '\u0000',
  'x'.repeat(3_000),
  'a@b.example',
  ...CURSORS,
];

function queriesOf(names: readonly string[]): fc.Arbitrary<string> {
  const value = fc.oneof(fc.constantFrom(...QUERY_VALUES), fc.string({ unit: 'binary', maxLength: 20 }));
  const name = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...names) },
    fc.constantFrom('x', '__proto__', 'cursor[]'),
  );
  return fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 }).map((pairs) => {
    const query = new URLSearchParams();
    for (const [key, text] of pairs) query.append(key, text);
    return query.toString();
  });
}

function bodiesOf({ mediaType, example }: NonNullable<Operation['body']>): fc.Arbitrary<string> {
  const pieces = /json/.test(mediaType) ? JSON_PIECES : FORM_PIECES;
  return fc.oneof(
    { weight: 5, arbitrary: changedJson([example]).map((value) => encode(mediaType, value)) },
    { weight: 2, arbitrary: mutated([encode(mediaType, example)], pieces) },
    { weight: 1, arbitrary: byteSoup },
    { weight: 1, arbitrary: fc.jsonValue().map((value) => encode(mediaType, value)) },
  );
}

async function problemWith(
  target: Target,
  operation: Operation,
  url: string,
  text: string | null,
): Promise<string | null> {
  const since = performance.now();
  const mediaType = operation.body?.mediaType ?? '';
  const init = text === null ? {} : { body: text, headers: { 'content-type': mediaType } };
  const response = await target.request(operation.method, url, init);
  const answer = await response.text();
  const ms = Math.round(performance.now() - since);
  const type = (response.headers.get('content-type') ?? '').replace(/;.*/, '');
  const known = operation.answers[response.status];
  if (response.status >= 500) return `answered ${response.status} ${answer.slice(0, 200)}`;
  if (known === undefined) return `answered ${response.status}, which is not documented`;
  if (known.length > 0 && !known.includes(type)) return `answered ${response.status} as ${type}`;
  return ms > PATIENCE_MS ? `took ${ms} ms` : null;
}
