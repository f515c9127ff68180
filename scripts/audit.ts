/**
 * Checks the lock file for known vulnerabilities. Says so when no source of them can be reached.
 *
 *   npm run audit
 *
 * Exit code 0: none is known, or no source could be reached; 1: there are some, each listed with what mends it.
 */
import { spawnSync } from 'node:child_process';

interface Report {
  vulnerabilities?: Record<
    string,
    { severity: string; range: string; fixAvailable: boolean | { name: string; version: string } }
  >;
}

const { stdout } = spawnSync('npm', ['audit', '--json', '--package-lock-only'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
const found = readReport(stdout).vulnerabilities;
if (found === undefined) {
  console.log(
    'No source of known vulnerabilities could be reached: nothing was checked. Run this where `npm audit` gets an answer.',
  );
} else if (Object.keys(found).length === 0) {
  console.log('No known vulnerability in the packages of package-lock.json.');
} else {
  for (const [name, { severity, range, fixAvailable }] of Object.entries(found))
    console.log(`${severity.padEnd(9)} ${name} ${range}: ${mendedBy(fixAvailable)}`);
  process.exitCode = 1;
}

function readReport(text: string): Report {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return {};
  }
}

function mendedBy(fix: boolean | { name: string; version: string }): string {
  if (typeof fix === 'object') return `mended by ${fix.name} ${fix.version}`;
  return fix ? 'mended by npm update' : 'no mended version yet';
}
