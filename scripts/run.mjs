/**
 * Every npm script starts with this file. It runs on any Node >= 20, with Node's own modules only. It installs the dependencies and
 * generates the Prisma client if needed, then runs the given file on the Node version of the lock file.
 *
 *   node scripts/run.mjs FILE [ARGUMENTS…]
 *   node scripts/run.mjs --prepare-only
 *
 * It ends with the exit code or the signal of the program that it ran.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = path.join(root, 'node_modules');
const bin = path.join(modules, '.bin');
const generated = path.join(root, 'src', 'store', 'generated');
const lockDir = path.join(
  tmpdir(),
  `nurture-engine-prepare-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`,
);
/** A lock that is older than this is from a run that was killed: the installation takes less time. */
const LOCK_STALE_MS = 15 * 60_000;

/** @param {...string} files */
function hashOf(...files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

const environment = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };

const dependencies = {
  stamp: path.join(modules, '.nurture-lock-hash'),
  hash: () => hashOf('package-lock.json'),
  isReady() {
    const stamp = read(this.stamp);
    if (stamp !== '') return stamp === this.hash();
    // Installed by hand: npm keeps its own copy of the lock file, newer than ours when it is up to date.
    const own = path.join(modules, '.package-lock.json');
    const ours = path.join(root, 'package-lock.json');
    return existsSync(own) && statSync(own).mtimeMs >= statSync(ours).mtimeMs;
  },
  async make() {
    await runQuietly(
      'Installing dependencies (npm ci)',
      'npm',
      ['ci', '--no-audit', '--no-fund', '--loglevel=warn'],
      // A dependency of the API's documentation page reports each installation to its makers otherwise.
      { ...process.env, SCARF_ANALYTICS: 'false' },
    );
    writeFileSync(this.stamp, `${this.hash()}\n`);
  },
};

const client = {
  stamp: path.join(generated, '.schema-hash'),
  hash: () => hashOf('prisma/schema.prisma', 'package-lock.json'),
  isReady() {
    return read(this.stamp) === this.hash();
  },
  async make() {
    const hash = this.hash();
    await runQuietly('Generating the database client', path.join(bin, 'prisma'), ['generate'], {
      ...environment,
      // The client needs no engine; naming any file keeps Prisma from trying to download one.
      PRISMA_SCHEMA_ENGINE_BINARY: path.join(root, 'package.json'),
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    });
    mkdirSync(generated, { recursive: true });
    writeFileSync(this.stamp, `${hash}\n`);
  },
};

async function prepare() {
  if (dependencies.isReady() && client.isReady()) return;
  await withLock(async () => {
    if (!dependencies.isReady()) await dependencies.make();
    if (existsSync(path.join(root, 'prisma', 'schema.prisma')) && !client.isReady()) await client.make();
  });
}

/**
 * Lets one run at a time prepare this checkout; the others wait and then find it done.
 *
 * @param {() => Promise<void>} work
 */
async function withLock(work) {
  for (let told = false; !takeLock(); told = true) {
    if (!told) process.stderr.write('Another run is preparing this checkout; waiting for it …\n');
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const release = () => rmSync(lockDir, { recursive: true, force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function takeLock() {
  try {
    mkdirSync(lockDir);
    writeFileSync(path.join(lockDir, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isAbandoned()) rmSync(lockDir, { recursive: true, force: true });
  return false;
}

function isAbandoned() {
  try {
    const age = Date.now() - statSync(lockDir).mtimeMs;
    if (age > LOCK_STALE_MS) return true;
    const pid = Number(read(path.join(lockDir, 'pid')));
    if (!(pid > 0)) return age > 5_000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/**
 * Runs a command under one line of progress; its output is shown if it fails.
 *
 * @param {string} what @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env
 */
async function runQuietly(what, command, args, env) {
  const since = Date.now();
  const live = process.stderr.isTTY === true;
  const seconds = () => `${Math.round((Date.now() - since) / 1000)} s`;
  let output = '';
  let last = '';
  const child = spawn(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const stopWith = () => void child.kill();
  process.once('exit', stopWith);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + String(chunk)).slice(-20_000);
      last = String(chunk).trim().split('\n').at(-1) ?? last;
    });
  }
  if (!live) process.stderr.write(`${what} …\n`);
  const show = () => {
    const size = what.includes('npm') ? `, ${countPackages()} packages so far` : '';
    const text = `${what} … ${seconds()}${size}${live && last ? ` · ${last}` : ''}`;
    process.stderr.write(live ? `\r\u001B[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}` : `${text}\n`);
  };
  const timer = setInterval(show, live ? 250 : 10_000);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) {
      process.stderr.write(`${live ? '\r\u001B[2K' : ''}${what} failed (exit code ${code}):\n${output}\n`);
      process.exit(1);
    }
    process.stderr.write(`${live ? '\r\u001B[2K' : ''}${what}: done in ${seconds()}\n`);
  } catch (error) {
    process.stderr.write(
      `${what} failed: ${command} could not be run (${error.message}). Is it installed and on PATH?\n`,
    );
    process.exit(1);
  } finally {
    clearInterval(timer);
    process.off('exit', stopWith);
  }
}

function countPackages() {
  try {
    return statSync(modules).nlink - 2;
  } catch {
    return 0;
  }
}

/** @param {string[]} args */
function runPinned(args) {
  const node = path.join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
  if (!existsSync(node)) {
    process.stderr.write('The pinned Node is missing from node_modules: delete node_modules and run this again.\n');
    process.exit(1);
  }
  const child = spawn(node, args, { env: environment, stdio: 'inherit', shell: process.platform === 'win32' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void child.kill(signal));
  endWithNpm(() => void child.kill('SIGTERM'));
  child.once('error', (error) => {
    process.stderr.write(`${node} could not be run: ${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/**
 * A signal to npm ends the shell between npm and this process, and does not reach this process. So a lost parent counts as a signal.
 * Without npm a lost parent means nothing: the run may be in the background on purpose.
 *
 * @param {() => void} end
 */
function endWithNpm(end) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  }, 500);
  timer.unref();
}

const [nodeMajor = 0] = process.versions.node.split('.').map(Number);
if (nodeMajor < 20) {
  process.stderr.write(`Node ${process.versions.node} is too old for this: Node 20 or newer is needed.\n`);
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
await prepare();
for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
const args = process.argv.slice(2);
if (args[0] !== '--prepare-only') runPinned(args);
