/**
 * Runs the tests; the last line printed is `N passed, N failed` (and `, N skipped` when there are any).
 *
 * Arguments go to vitest. The exit code is 0 only when at least one test ran, none failed, and every file could be
 * loaded.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'nurture-results-'));
const resultFile = path.join(folder, 'results.json');

const child = spawn(
  process.execPath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${resultFile}`, ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void child.kill(signal));
const [code, signal] = await new Promise((resolve) => {
  child.once('exit', (...how) => resolve(how));
  child.once('error', () => resolve([1, null]));
});

const counts = readCounts();
rmSync(folder, { recursive: true, force: true });
const isRight = code === 0 && counts.passed > 0 && counts.failed === 0 && counts.brokenFiles === 0;
if (counts.brokenFiles > 0) console.log(`${counts.brokenFiles} test files could not be loaded.`);
else if (signal !== null) console.log(`The run was ended by ${signal}.`);
else if (code !== 0 && counts.failed === 0) console.log('The run itself failed: see above.');
else if (counts.passed + counts.failed === 0) console.log('No test ran.');
process.exitCode = isRight ? 0 : code || 1;
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);

/** A file that cannot be loaded counts as one failure: it would have had tests. */
function readCounts() {
  try {
    const results = JSON.parse(readFileSync(resultFile, 'utf8'));
    const brokenFiles = results.testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
    ).length;
    return {
      passed: results.numPassedTests,
      failed: results.numFailedTests + brokenFiles,
      skipped: results.numPendingTests + (results.numTodoTests ?? 0),
      brokenFiles,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0, brokenFiles: 0 };
  }
}
