import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

/** Files at the root of src. Each is the entry point of a process. */
const ENTRY_POINTS = ['worker.ts'];

/**
 * Which rooms a room may import: "The map" of docs/architecture.md. A room may always import itself. The files at the root
 * are entry points and may import everything.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  crypto: ['domain'],
  runtime: ['domain'],
  store: ['domain', 'crypto', 'runtime'],
  email: ['domain', 'crypto', 'language'],
  workflows: ['domain'],
  language: ['domain'],
  steps: ['domain', 'language', 'crypto', 'runtime', 'store', 'email', 'effects'],
  effects: ['domain', 'crypto', 'runtime', 'store', 'email'],
  playbook: ['domain', 'language', 'runtime', 'store', 'email', 'steps'],
  activities: ['domain', 'crypto', 'runtime', 'store', 'email', 'steps', 'effects', 'playbook', 'workflows'],
  temporal: ['domain', 'runtime', 'store', 'workflows'],
  relay: ['domain', 'runtime', 'store', 'temporal', 'workflows'],
  reports: ['domain', 'store'],
  console: ['domain', 'runtime', 'store', 'steps', 'reports'],
  api: [
    'console',
    'domain',
    'language',
    'crypto',
    'runtime',
    'store',
    'email',
    'steps',
    'effects',
    'playbook',
    'temporal',
    'relay',
    'reports',
  ],
  simulate: [
    'domain',
    'crypto',
    'runtime',
    'language',
    'store',
    'email',
    'steps',
    'effects',
    'playbook',
    'activities',
    'workflows',
    'temporal',
    'relay',
  ],
  stack: ['domain', 'runtime', 'store', 'temporal'],
  cli: [
    'domain',
    'crypto',
    'reports',
    'language',
    'steps',
    'runtime',
    'store',
    'email',
    'playbook',
    'temporal',
    'relay',
    'api',
    'simulate',
    'stack',
    'worker.ts',
  ],
};

const imports = readImports();

test('no file imports its own importer, types included', () => {
  expect(circlesOf(imports)).toEqual([]);
});

test('imports between the rooms of src point one way', () => {
  const against: string[] = [];
  for (const [file, targets] of imports) {
    const room = roomOf(file);
    if (!file.includes('/')) continue;
    for (const target of targets) {
      const other = roomOf(target);
      if (other !== room && !MAY_IMPORT[room]?.includes(other)) against.push(`${file} imports ${target}`);
    }
  }
  expect(against).toEqual([]);
});

test('every room that the map names is there', () => {
  const rooms = new Set([...imports.keys()].map(roomOf));
  expect(Object.keys(MAY_IMPORT).filter((room) => !rooms.has(room))).toEqual([]);
});

test('the allowed directions have no circle themselves', () => {
  const rooms = new Map(Object.entries(MAY_IMPORT).map(([room, others]) => [room, [...others]]));
  expect(circlesOf(rooms)).toEqual([]);
});

test('no file of the API asks the database itself', () => {
  const files = [...imports.keys()].filter((file) => file.startsWith('api/'));
  const asking = files.filter((file) =>
    /(?<!\/)\b(?:db|tx)\.[\w$]/.test(readFileSync(join(import.meta.dirname, '../../src', file), 'utf8')),
  );
  expect(asking).toEqual([]);
});

test('only entry points lie at the root of src', () => {
  const atRoot = [...imports.keys()].filter((file) => !file.includes('/'));
  expect(atRoot.filter((file) => !ENTRY_POINTS.includes(file))).toEqual([]);
});

test('the imports are read, and a circle would be found', () => {
  expect(imports.get('worker.ts')).toContain('activities/worker-options.ts');
  const graph = new Map([
    ['a', ['b', 'd']],
    ['b', ['c']],
    ['c', ['a']],
    ['d', []],
  ]);
  expect(circlesOf(graph)).toEqual([['a', 'b', 'c']]);
});

/** Each file of src with the files of src that it imports, by their paths below src. */
function readImports(): Map<string, string[]> {
  const root = join(import.meta.dirname, '../../src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('store/generated/'),
  );
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const named = text.matchAll(/(?:^|[;}\s])(?:from\s+|import\s+|import\(\s*)'(\.{1,2}\/[^']+\.ts)'/gm);
      const targets = [...named].map(([, path]) => join(dirname(file), path ?? ''));
      return [file, [...new Set(targets)].filter((target) => files.includes(target))] as const;
    }),
  );
}

/** The folder of src that a file lies in; a file at the root is a room of its own. */
function roomOf(file: string): string {
  return file.split('/')[0] ?? file;
}

/** Groups in which everybody reaches everybody (strongly connected, by Tarjan), each sorted. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): number => {
    const index = order.size;
    order.set(node, index);
    open.push(node);
    let low = index;
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === index) {
      const circle = open.splice(open.indexOf(node));
      if (circle.length > 1) circles.push(circle.toSorted());
    }
    return low;
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return circles;
}
