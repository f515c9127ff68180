/** Records the histories anew: `node_modules/.bin/node test/replay/record.ts`. See README.md beside it. */
import { startVitest } from 'vitest/node';

const file = 'test/replay/record-lives.ts';
const vitest = await startVitest('test', [], { watch: false, include: [file] });
await vitest.close();
