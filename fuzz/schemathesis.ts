/** Fuzzes the HTTP API by its OpenAPI document with schemathesis (Python, kept in the per-user cache), once for each role. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../src/domain/errors.ts';
import { cacheDir, isExecutable, withCacheLock } from '../src/stack/cache.ts';
import type { Outcome } from './report.ts';
import type { CallerName, Target } from './stack.ts';

const VERSION = '4.32.5';
/** The checks of each answer. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];
const run = promisify(execFile);

export interface SchemathesisOptions {
  seed: number;
  /** Fuzzed cases per operation, in addition to examples and boundary values. */
  examples: number;
  /** Also uses ids from one answer in the next request. */
  stateful: boolean;
}

/**
 * The program, installed the first time.
 *
 * @throws AppError STACK_FAILED that says what to install
 */
export async function ensureSchemathesis(say: (line: string) => void): Promise<string> {
  const folder = path.join(cacheDir(), `schemathesis-${VERSION}`);
  const program = path.join(folder, process.platform === 'win32' ? 'Scripts/schemathesis.exe' : 'bin/schemathesis');
  await withCacheLock(
    'schemathesis',
    () => say('Another process installs schemathesis; waiting …'),
    async () => {
      if (await isExecutable(program)) return;
      say(`Installing schemathesis ${VERSION} from PyPI into ${folder} …`);
      const python = await findPython();
      try {
        await run(python, ['-m', 'venv', '--clear', folder]);
        const pip = path.join(path.dirname(program), 'python');
        await run(pip, ['-m', 'pip', 'install', '--quiet', `schemathesis==${VERSION}`], {
          maxBuffer: 16 * 1024 * 1024,
        });
      } catch (cause) {
        await rm(folder, { recursive: true, force: true });
        throw new AppError(
          'STACK_FAILED',
          'schemathesis could not be installed: Python needs its modules venv and pip (Debian: python3-venv), and PyPI must be reachable. Without it: npm run fuzz -- --only tokens',
          { cause },
        );
      }
    },
  );
  return program;
}

async function findPython(): Promise<string> {
  for (const name of ['python3', 'python']) {
    try {
      await run(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']);
      return name;
    } catch {
      // The next one.
    }
  }
  throw new AppError(
    'STACK_FAILED',
    'The HTTP part needs Python 3.10 or newer on PATH: schemathesis is a Python program. Without it: npm run fuzz -- --only tokens',
  );
}

/** When schemathesis itself fails, it runs once more; only a failure of both runs counts. */
export async function fuzzHttp(
  program: string,
  target: Target,
  caller: CallerName,
  options: SchemathesisOptions,
): Promise<Outcome> {
  const { report, ended } = await askOnce(program, target, caller, options);
  if (!stumbled(report, ended)) return outcomeOf(caller, report, ended);
  const again = await askOnce(program, target, caller, options);
  return outcomeOf(caller, again.report, again.ended);
}

async function askOnce(
  program: string,
  target: Target,
  caller: CallerName,
  options: SchemathesisOptions,
): Promise<{ report: Report | null; ended: Ended }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nurture-schemathesis-'));
  const report = path.join(folder, 'report.json');
  const key = target.keys[caller];
  const phases = ['examples', 'coverage', 'fuzzing', ...(options.stateful ? ['stateful'] : [])];
  try {
    const settings = {
      url: target.base,
      phases: phases.join(','),
      checks: CHECKS.join(','),
      'max-examples': options.examples,
      seed: options.seed,
      // Python 3.11 counts wrong when two threads read source code at a time ("AST constructor recursion depth mismatch").
      workers: 1,
      'request-timeout': 60,
      'generation-database': 'none',
      'suppress-health-check': 'all',
      warnings: 'off',
      'report-json-path': report,
      ...(key !== null && { header: `Authorization: Bearer ${key}` }),
    };
    const ended = await runProgram(program, folder, [
      'run',
      `${target.base}/openapi.json`,
      '--continue-on-failure',
      '--no-color',
      ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
    ]);
    return { report: await readReport(report), ended };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Ended {
  code: number;
  output: string;
}

async function runProgram(program: string, cwd: string, args: string[]): Promise<Ended> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const stop = (): void => void child.kill();
  process.once('exit', stop);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, output }));
    });
  } finally {
    process.off('exit', stop);
  }
}

interface Report {
  operations: { tested: number };
  test_cases: { generated: number };
  failures: readonly unknown[];
  errors: readonly unknown[];
}

async function readReport(file: string): Promise<Report | null> {
  return readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Report,
    () => null,
  );
}

/**
 * Whether the only complaint is Hypothesis's own: that it generated an example twice with different results (seen once, before any
 * request was made). This says nothing about the product.
 */
export function stumbled(report: Report | null, { output }: Ended): boolean {
  const errors = report?.errors.length ?? 0;
  const itsOwn = output.match(/^Inconsistent results: /gm)?.length ?? 0;
  return report?.failures.length === 0 && errors > 0 && errors === itsOwn;
}

/** The findings of one run. A run without requests has tested nothing, whatever it reports. */
export function outcomeOf(caller: CallerName, report: Report | null, { code, output }: Ended): Outcome {
  const operations = report?.operations.tested ?? 0;
  const requests = report?.test_cases.generated ?? 0;
  const failures = (report?.failures ?? []).map((one) => JSON.stringify(one).slice(0, 1_500));
  // The report only counts them; what happened is in the output.
  if ((report?.errors ?? []).length > 0) failures.push(output.slice(output.indexOf('= ERRORS =')).slice(0, 3_000));
  const why = `schemathesis ended with ${code}: ${output.slice(-2_000)}`;
  if (operations === 0 || requests === 0) failures.push(`nothing was asked; ${why}`);
  // Not 0 without a failure: it could not do its work, and says why.
  else if (code !== 0 && failures.length === 0) failures.push(why);
  return { part: 'http', about: caller, operations, requests, failures };
}
