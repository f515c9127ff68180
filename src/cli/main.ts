/** The command line: `nurture COMMAND`. Each command is a thin call into the product, and is registered in commands/index.ts. */
import { createProgram } from './program.ts';
import { report } from './report.ts';

const program = createProgram();
const typed = process.argv.slice(2);
try {
  if (typed[0] === 'complete') (await import('./completions.ts')).offerCompletions(program);
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error, { json: typed.includes('--json') });
}
// Everything that must end in order has ended; open handles of libraries must not keep the process running.
process.exit();
