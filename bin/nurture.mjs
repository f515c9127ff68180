#!/usr/bin/env node
/** `npx nurture …`: the command line, on any Node >= 20. What must be installed or generated first, scripts/run.mjs does. */
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
// What Node made of the files is kept for the next command, where it can be written; an older Node passes it on.
process.env.NODE_COMPILE_CACHE ??= path.join(root, 'node_modules', '.cache', 'nurture-compile');
process.argv.splice(2, 0, path.join(root, 'src', 'cli', 'main.ts'));
await import('../scripts/run.mjs');
