/** A race point is there for a test: each stands in the code, and a test stops somebody at it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const named = /^\s+\| '([\w-]+\.[\w-]+)'/gm;
const points = [...read('src/runtime/race-points.ts').matchAll(named)].map(([, point = '']) => point);

test.each(points)('the race point %s is in the code once, and a test stops at it', (point) => {
  const reached = filesBelow('src').filter((file) => read(file).includes(`reached('${point}'`));
  expect(reached).toHaveLength(1);
  const stopped = filesBelow('test').filter((file) => meets(read(file), point));
  expect(stopped).not.toEqual([]);
});

test('the race points are read', () => {
  expect(points).toContain('effect.claimed');
  expect(points).toContain('key.free');
});

/** A test, or what tests share, calls `stopAt` with the point, or hands the point to what calls it. */
function meets(text: string, point: string): boolean {
  return text.includes('stopAt(') && text.includes(`'${point}'`);
}

function filesBelow(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts') && !file.includes('generated/')).map((file) => join(folder, file));
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
