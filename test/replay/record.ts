/** Records the histories of the lives named, or all anew: `node_modules/.bin/node test/replay/record.ts [LIFE …]`. See README.md. */
import { startVitest } from 'vitest/node';

const names = process.argv.slice(2);
if (names.length > 0) process.env['LIVES_TO_RECORD'] = names.join(' ');
const file = 'test/replay/record-lives.ts';
const vitest = await startVitest('test', [], { watch: false, include: [file] });
await vitest.close();
