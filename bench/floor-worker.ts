/** A worker for the floor, in its own process like the product's worker. It reports every finished activity to its parent. */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = '' } = process.env;
Runtime.install({ logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error } });
let done = 0;
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  namespace,
  taskQueue: 'bench-floor',
  workflowsPath: fileURLToPath(new URL('./floor-workflow.ts', import.meta.url)),
  activities: {
    nothing: () => {
      done += 1;
      process.send?.({ at: Date.now(), done });
      return Promise.resolve();
    },
  },
  maxConcurrentActivityTaskExecutions: 20,
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });
await worker.run();
