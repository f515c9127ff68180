import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, expect, test } from 'vitest';

import { freePortSettings, isFree } from '../../src/stack/ports.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
interface Told {
  name: string;
  stage: string;
  cadence: string | null;
  recycleCount: number;
  closedNeeds: number;
  mails: { template: string; to: string; status: string; day: number }[];
  story: { text: string; day: number }[];
}

const dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-demo-'));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test('the demo tells twelve lives, ends with exit code 0 and leaves nothing behind', { timeout: 600_000 }, async () => {
  const ports = await freePortSettings();
  const { code, stdout, stderr } = await run({
    DATA_DIR: dataDir,
    NO_COLOR: '1',
    ...ports,
  });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });

  const { leads } = JSON.parse(stdout) as { leads: Told[] };
  expect(Object.fromEntries(leads.map(({ name, stage }) => [name, stage]))).toEqual({
    'Greta Holm': 'dormant',
    'Jonas Feld': 'customer',
    'Sofía Marín': 'dormant',
    'Noah Keller': 'nurturing',
    'Camille Roux': 'customer',
    'Pieter de Vries': 'nurturing',
    'Lucia Bertani': 'opportunity',
    'Hannah Krüger': 'accepted',
    'Martin Aigner': 'accepted',
    'Rex Rankwell': 'disqualified',
    'Emily Carter': 'nurturing',
    'Tom Ashworth': 'accepted',
  });
  const of = (name: string): Told | undefined => leads.find((lead) => lead.name === name);
  const mailed = (name: string): string[] | undefined =>
    of(name)
      ?.mails.filter(({ to, status }) => to === 'lead' && status === 'sent')
      .map(({ template }) => template);
  expect(mailed('Greta Holm')).toEqual([
    'ebook-welcome',
    'ebook-checklist',
    'ebook-case-study',
    'ebook-consultation-offer',
    'ebook-last-word',
  ]);
  expect(mailed('Pieter de Vries')).toEqual([
    'show-thank-you',
    'show-exclusive-offer',
    'show-offer-reminder',
    'show-material',
  ]);
  // No consent to marketing: only what he asked for.
  expect(mailed('Noah Keller')).toEqual(['ebook-welcome']);
  expect(mailed('Rex Rankwell')).toEqual([]);
  expect(of('Lucia Bertani')).toMatchObject({ recycleCount: 1 });
  expect(of('Emily Carter')).toMatchObject({ recycleCount: 1, cadence: 'recycled' });
  expect(of('Tom Ashworth')).toMatchObject({ closedNeeds: 1 });
  expect(of('Martin Aigner')?.story.map(({ text }) => text)).toContainEqual(
    expect.stringContaining('did not decide in time'),
  );

  const all = Object.values(ports).map(Number);
  expect(await Promise.all(all.map(isFree))).toEqual(all.map(() => true));
  expect(await processesOf(dataDir)).toEqual([]);
});

function run(env: Record<string, string>): Promise<{ code: number | null; stdout: string; stderr: string }> {
  // The servers of the tests are not the demo's: it brings up its own.
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(DATABASE_URL|TEMPORAL_|SMTP_URL|NODE_ENV|PUBLIC_URL|VITEST)/.test(name),
    ),
  );
  const child = spawn(process.execPath, [path.join(ROOT, 'src/cli/main.ts'), 'demo', '--exit', '--json'], {
    cwd: ROOT,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve } = Promise.withResolvers<{ code: number | null; stdout: string; stderr: string }>();
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.on('close', (code) => resolve({ code, stdout, stderr }));
  return promise;
}

/** Command lines of processes that were started for this folder, where the system shows them. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const [command, environment] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    if (`${command}\0${environment}`.includes(folder)) found.push(`${pid} ${command?.replaceAll('\0', ' ')}`);
  }
  return found;
}
