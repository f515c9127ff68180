/** Stands in for the product's own entry: two processes that are ready at once and do nothing. */
import { loadConfig } from '../../src/runtime/config.ts';
import { prepareAll } from '../../src/cli/prepare.ts';
import { runProcess } from '../../src/runtime/process.ts';

await runProcess(loadConfig(process.env), {
  prepare: prepareAll,
  async start() {
    const timer = setInterval(() => {}, 60_000);
    return {
      async close() {
        clearInterval(timer);
      },
    };
  },
});
process.exit();
