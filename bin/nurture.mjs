#!/usr/bin/env node
/** `npx nurture …`: the command line, on any Node >= 20. What must be installed or generated first, scripts/run.mjs does. */
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
process.argv.splice(2, 0, path.join(root, 'src', 'cli', 'main.ts'));
await import('../scripts/run.mjs');
