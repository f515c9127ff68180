/** The lint rules of our own find what they are for, and nothing else. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-rules-'));
  const config = {
    jsPlugins: [join(root, 'scripts/lint-rules.mjs')],
    rules: { 'nurture/no-list-of-any-length': 'error', 'nurture/percent-sign-at-its-number': 'error' },
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Lines of the code that a rule complains of. */
async function complaints(rule: string, code: string): Promise<number[]> {
  const file = join(folder, 'code.ts');
  await writeFile(file, code);
  const args = [join(root, 'node_modules/oxlint/bin/oxlint'), '-c', join(folder, 'config.json'), '--format=unix', file];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, (_error, stdout) => resolve(stdout));
  });
  return output.split('\n').flatMap((line) => {
    const [, at] = /code\.ts:(\d+):\d+:/.exec(line) ?? [];
    return at === undefined || !line.includes(rule) ? [] : Number(at);
  });
}

test('a list of any length in a query of Prisma is found, one of literals is not', async () => {
  const code = [
    'export const a = { where: { id: { in: ids } } };',
    "export const b = { where: { status: { in: ['sent', 'failed'] } } };",
    'export const c = { where: { id: { notIn: [...ids] } } };',
    "export const d = { where: { status: { in: ['sent', 'failed'] as const } } };",
    'export const e = { where: { id: { in: ids.map((id) => id) } } };',
  ];
  expect(await complaints('no-list-of-any-length', code.join('\n'))).toEqual([1, 3, 5]);
});

test('a space between a number and its percent sign is found, a remainder and a tag of a template are not', async () => {
  const code = [
    "export const a = 'from 95 % sure on';",
    'export const b = `got ${share} %, so far`;',
    "export const c = 'from 95% sure on';",
    'export const d = `got ${share}%, ${n % 7}, 100 %d`;',
    "export const e = '{% if reasons.size > 0 %}';",
    "export const f = `LIKE 'by %'`;",
  ];
  expect(await complaints('percent-sign-at-its-number', code.join('\n'))).toEqual([1, 2]);
});
