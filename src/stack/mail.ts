/** The mail inbox: receives every mail, keeps it under DATA_DIR and shows it in the browser. */
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { startChild, type Child } from './child.ts';
import { accepts } from './ports.ts';

/** Loaded into the program before its own code. */
const GUARD = fileURLToPath(new URL('./mail-guard.ts', import.meta.url));

export interface MailInboxOptions {
  dataDir: string;
  smtpPort: number;
  webPort: number;
  signal?: AbortSignal | undefined;
}

/** Starts the inbox. Resolves when it accepts mail and shows its page. */
export async function startMailInbox(options: MailInboxOptions): Promise<Child> {
  const folder = path.join(options.dataDir, 'mail');
  await mkdir(folder, { recursive: true });
  const program = path.join(
    path.dirname(createRequire(import.meta.url).resolve('maildev/package.json')),
    'bin',
    'maildev',
  );
  return startChild({
    name: 'mail',
    command: process.execPath,
    args: [
      '--import',
      GUARD,
      program,
      '--smtp',
      String(options.smtpPort),
      '--web',
      String(options.webPort),
      '--ip',
      '127.0.0.1',
      '--mail-directory',
      folder,
      '--silent',
    ],
    dataDir: options.dataDir,
    ready: async () => (await accepts(options.smtpPort)) && (await accepts(options.webPort)),
    signal: options.signal,
  });
}
