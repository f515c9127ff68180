import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createSchema } from 'zod-openapi';
import { DurationMs } from '../../src/api/duration.ts';
import { parseSpan } from '../../src/domain/span.ts';

const { schema } = createSchema(DurationMs, { io: 'input' });
const documented = schema as { pattern: string; maxLength: number; description: string; example: string };
const isAsDocumented = (text: string): boolean =>
  text.length <= documented.maxLength && new RegExp(documented.pattern, 'u').test(text);
const isTaken = (text: string): boolean => DurationMs.safeParse(text).success;

const read = (name: string): Promise<string> => readFile(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');

describe('a duration of the API', () => {
  it('is documented as it is taken, for every example of the description', () => {
    const examples = [documented.example, ...quoted(documented.description)];
    expect(examples).toEqual(expect.arrayContaining(['4 days', '1.5 hours', '4d', 'P4D', 'P1DT12H']));
    for (const text of examples) expect([text, isAsDocumented(text), isTaken(text)]).toEqual([text, true, true]);
  });

  it('is documented and taken, for every example of the docs', async () => {
    const chapter = /^## Durations\n(.*?)^## /ms.exec(await read('cadences'))?.[1] ?? '';
    const written = [...chapter.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) => inCode(cell));
    const short = inCode(/Short forms are (.*?)\./.exec(chapter)?.[1] ?? '').map((unit) => `4${unit}`);
    const bodies = [await read('cadences'), await read('operations')].flatMap((text) =>
      [...text.matchAll(/"duration": ?"([^"]+)"/g)].map(([, duration = '']) => duration),
    );
    expect([written.length > 5, short.length, bodies.length > 0]).toEqual([true, 5, true]);
    for (const text of [...written, ...short]) expect([text, parseSpan(text) !== null]).toEqual([text, true]);
    // How long a business day is depends on a calendar.
    const lengths = [...written, ...short, ...bodies].filter((text) => !text.includes('business'));
    for (const text of lengths) expect([text, isAsDocumented(text), isTaken(text)]).toEqual([text, true, true]);
  });
});

test('whatever is taken as a duration is as documented', () => {
  const piece = fc.constantFrom(
    ...'1 1.5 2 10 d D day Days m MIN hours w W  week P p T PT H M S . , + - business'.split(' '),
    ' ',
    '\t',
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, (one) => {
      expect(isAsDocumented(one) || !isTaken(one)).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

function quoted(text: string): string[] {
  return [...text.matchAll(/"([^"]+)"/g)].map(([, inside = '']) => inside);
}

function inCode(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, inside = '']) => inside);
}
