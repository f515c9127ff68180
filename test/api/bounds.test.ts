/** Every text of every body, query and path has a bound: nobody keeps 30,000 characters where a language stands. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

interface Schema {
  [name: string]: unknown;
  type?: string;
  pattern?: string;
}

/** Where a text stands that may have any length. What free-form objects hold, and how it is named, is bounded by the body's size. */
function unbounded(
  schema: unknown,
  at: string,
  parts: Record<string, unknown>,
  seen: readonly string[] = [],
): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((one: unknown, n) => unbounded(one, `${at}[${n}]`, parts, seen));
  const { $ref: ref, ...rest } = schema as Schema;
  if (typeof ref === 'string') {
    const name = ref.split('/').at(-1) ?? '';
    return seen.includes(name) ? [] : unbounded(parts[name], at, parts, [...seen, name]);
  }
  const isOpen =
    rest.type === 'string' &&
    !['maxLength', 'enum', 'const', 'format'].some((bound) => bound in rest) &&
    !hasBounds(rest.pattern);
  const inner = Object.entries(rest)
    .filter(([name]) => !['example', 'examples', 'default', 'enum', 'propertyNames'].includes(name))
    .flatMap(([name, value]) => unbounded(value, `${at}.${name}`, parts, seen));
  return isOpen ? [at, ...inner] : inner;
}

const hasBounds = (pattern: string | undefined): boolean =>
  pattern !== undefined && pattern.startsWith('^') && pattern.endsWith('$') && !/[*+]|,\}/.test(pattern);

test('every text of a request has a bound', () => {
  const { paths, components } = JSON.parse(JSON.stringify(bench.api.document)) as {
    paths: Record<string, Record<string, Schema>>;
    components: { schemas: Record<string, unknown> };
  };
  const open = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { parameters, requestBody }]) =>
      [parameters, requestBody].flatMap((part) => unbounded(part, `${method} ${path}`, components.schemas)),
    ),
  );
  expect(open).toEqual([]);
});

test('conditions inside one another without end are refused by name at every door', async () => {
  const nested = (depth: number): object =>
    Array.from({ length: depth - 1 }).reduce<object>((inner) => ({ not: inner }), { source: 'ebook' });
  for (const depth of [21, 3_000]) {
    const when = nested(depth);
    for (const [path, body] of [
      ['/v1/bulk-runs', { command: { kind: 'resume' }, when }],
      ['/v1/broadcasts', { key: `deep-${depth}`, template: 'plain', when }],
    ] as const) {
      const { status, body: problem } = await bench.post(path, body);
      expect([path, status]).toEqual([path, 400]);
      expect(JSON.stringify(problem)).toContain('at most 20 deep inside one another');
    }
  }
  const most = await bench.post('/v1/bulk-runs', { command: { kind: 'resume' }, when: nested(20) });
  expect(most.status).toBe(200);
});

test('a language, a token and a key of an attribute that are too long are refused', async () => {
  const refused = async (body: object) =>
    (await bench.post('/v1/leads', { email: 'long@bounds.example', ...body })).status;
  expect(await refused({ language: `en${'-abcdefgh'.repeat(3_000)}` })).toBe(400);
  expect(await refused({ attributes: { ['a'.repeat(101)]: 1 } })).toBe(400);
  expect((await bench.get(`/u/${'a'.repeat(9_000)}`, null)).status).toBe(404);
});
