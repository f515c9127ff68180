/** kill -9 of every process of the stack in the middle of leads' lives: the next start goes on, and no mail leaves twice. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { embeddedDatabaseUrl } from '../../src/runtime/embedded-database.ts';
import { freePortSettings } from '../../src/stack/ports.ts';
import { type MailSink, startMailSink } from '../support/mail-sink.ts';
import { playbookWith, QUICK } from './playbook.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const LEADS = 12;
/** A stack that has just started has much to do. */
const FIRST_MAIL_MS = 60_000;
const KEY = 'a-key-for-this-test';

let sink: MailSink;
let dataDir: string;
let env: NodeJS.ProcessEnv;
let running: ChildProcess | undefined;
let removePlaybook: () => Promise<void>;

beforeAll(async () => {
  sink = await startMailSink();
  dataDir = await mkdtemp(path.join(tmpdir(), 'nurture-kill-'));
  const playbook = await playbookWith({ quick: QUICK });
  removePlaybook = playbook.remove;
  const { VITEST: _, NODE_ENV: __, ...outer } = process.env;
  env = {
    ...outer,
    DATA_DIR: dataDir,
    ...(await freePortSettings()),
    SMTP_URL: sink.url,
    ADMIN_API_KEY: KEY,
    PLAYBOOK_DIR: playbook.dir,
    TEMPLATES_DIR: path.join(ROOT, 'test', 'fixtures', 'templates'),
    LOG_LEVEL: 'warn',
  };
});
afterAll(async () => {
  if (running?.exitCode === null && running.signalCode === null) {
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    await ended;
  }
  await killAll();
  await sink?.close();
  await removePlaybook?.();
  await rm(dataDir, { recursive: true, force: true });
});

/** `npm start`, until it says that it is ready. */
async function start(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['src/cli/main.ts', 'start'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running = child;
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Ready after')) resolve();
    });
    child.once('exit', () => reject(new Error(`the stack ended while starting:\n${said}`)));
  });
  return child;
}

/** Every process that the stack has written down, the supervisor among them. None gets a chance to tidy up. */
async function killAll(): Promise<string[]> {
  const names: string[] = [];
  const dir = path.join(dataDir, 'run');
  const files = (await readdir(dir).catch(() => [])).filter((file) => file.endsWith('.json'));
  const texts = await Promise.all(files.map((file) => readFile(path.join(dir, file), 'utf8')));
  const records = texts.map((text) => JSON.parse(text) as { name: string; pid: number });
  // With nothing in between: who sees the supervisor go ends by itself.
  for (const { name, pid } of records.toSorted(({ name }) => (name === 'supervisor' ? -1 : 1))) {
    try {
      process.kill(pid, 'SIGKILL');
      names.push(name);
    } catch {
      // Gone already.
    }
  }
  return names;
}

async function submit(email: string): Promise<number> {
  const body = JSON.stringify({ email, source: 'quick', consent: { text: 'Yes', source: 'test' } });
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${env['PORT']}/v1/leads`, { method: 'POST', headers, body });
  return answer.status;
}

interface SendRow {
  email: string;
  step: string;
  status: string;
  id: string;
}

async function sends(): Promise<SendRow[]> {
  const client = new pg.Client({
    connectionString: embeddedDatabaseUrl(String(env['DATA_DIR']), Number(env['POSTGRES_PORT'])),
  });
  await client.connect();
  try {
    const { rows } = await client.query<SendRow>(
      'SELECT l.email, s.step_id AS step, s.status::text, s.id FROM leads l LEFT JOIN sends s ON s.lead_id = l.id ORDER BY l.email, s.step_id',
    );
    return rows;
  } finally {
    await client.end();
  }
}

test(
  'PostgreSQL, Temporal, the API and the worker die at once, and the leads go on',
  { timeout: 300_000 },
  async () => {
    const first = await start();
    const emails = Array.from({ length: LEADS }, (_, n) => `lead-${n}@stack.example`);
    // Half of them are between their two mails; the others were only just acknowledged, and their first mails are under way.
    const early = emails.slice(0, LEADS / 2);
    for (const email of early) expect(await submit(email)).toBe(201);
    for (const email of early) await sink.waitFor(email, 1, FIRST_MAIL_MS);
    const late = emails.slice(LEADS / 2);
    expect(await Promise.all(late.map(submit))).toEqual(late.map(() => 201));
    await Promise.race(late.map((email) => sink.waitFor(email, 1, FIRST_MAIL_MS)));
    const ended = once(first, 'exit');
    const killed = await killAll();
    expect(killed).toEqual(expect.arrayContaining(['supervisor', 'postgres', 'api', 'worker']));
    expect(killed.some((name) => name.startsWith('temporal'))).toBe(true);
    await ended;

    const mailsBefore = sink.mails.length;
    await start();
    const done = await vi.waitFor(
      async () => {
        const rows = await sends();
        expect(rows.filter(({ step, status }) => step === 'two' && ['sent', 'in_doubt'].includes(status))).toHaveLength(
          LEADS,
        );
        return rows;
      },
      { timeout: 150_000, interval: 250 },
    );
    const inDoubt = done.filter(({ status }) => status === 'in_doubt').length;
    console.log(`${mailsBefore} mails before the restart, ${sink.mails.length} in the end, ${inDoubt} in doubt`);
    expect(done).toHaveLength(2 * LEADS);
    for (const { email, id, status } of done) {
      const mails = sink.to(email).filter(({ sendId }) => sendId === id);
      expect(['sent', 'in_doubt']).toContain(status);
      expect(mails.length).toBeLessThanOrEqual(1);
      if (status === 'sent') expect(mails).toHaveLength(1);
    }
    for (const email of emails) expect(sink.to(email).length).toBeLessThanOrEqual(2);
  },
);
