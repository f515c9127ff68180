/** Stands in for the product's own entry: two processes that are ready at once and do nothing. */
import { loadConfig } from '../../src/runtime/config.ts';
import { runProcess } from '../../src/cli/process.ts';

await runProcess(loadConfig(process.env), async () => {
  const timer = setInterval(() => {}, 60_000);
  return {
    async close() {
      clearInterval(timer);
    },
  };
});
process.exit();
