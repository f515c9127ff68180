import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/support/patience.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Real servers, workers with a native library: processes, and no more of them than a small machine can carry.
    pool: 'forks',
    maxWorkers: 2,
    // Against what hangs. On a machine that others keep busy all takes ten times as long: to bundle the workflows alone half a minute.
    testTimeout: 240_000,
    hookTimeout: 400_000,
    expect: { poll: { timeout: PATIENCE_MS } },
    teardownTimeout: 30_000,
    passWithNoTests: false,
  },
});
