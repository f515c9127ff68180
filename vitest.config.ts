import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Real servers, workers with a native library: processes, and no more of them than a small machine can carry.
    pool: 'forks',
    maxWorkers: 2,
    // Against what hangs: on a busy machine to bundle the workflows alone takes half a minute.
    testTimeout: 90_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 20_000 } },
    teardownTimeout: 30_000,
    passWithNoTests: false,
  },
});
