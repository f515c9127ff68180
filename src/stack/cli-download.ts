/** Downloads the official `temporal` CLI from its public place. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import { z } from 'zod';

import { CLI_VERSION } from './temporal-settings.ts';

const run = promisify(execFile);

/** Without an answer in this time the next way is tried: a machine without internet access should not wait longer. */
const ANSWER_TIMEOUT_MS = 4_000;
const STALL_TIMEOUT_MS = 15_000;

const Info = z.object({ archiveUrl: z.url({ protocol: /^https$/ }), fileToExtract: z.string().regex(/^[\w.-]+$/) });

/**
 * Downloads the pinned CLI to `target`, which appears whole or not at all.
 *
 * @param onProgress told how much has come, in words
 * @throws Error saying why in a few words
 */
export async function downloadCli(target: string, onProgress: (detail: string) => void): Promise<void> {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string];
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (platform === undefined || arch === undefined) throw new Error(`none for ${process.platform} ${process.arch}`);
  const query = new URLSearchParams({ platform, arch, format: 'tar.gz' });
  const answer = await ask(`https://temporal.download/cli/v${CLI_VERSION}?${query.toString()}`, ANSWER_TIMEOUT_MS);
  const info = Info.parse(await answer.json());
  await mkdir(path.dirname(target), { recursive: true });
  const draft = await mkdtemp(path.join(path.dirname(target), '.download-'));
  try {
    const archive = path.join(draft, 'cli.tar.gz');
    await save(info.archiveUrl, archive, onProgress);
    onProgress('unpacking');
    await run('tar', ['-xzf', archive, '-C', draft, info.fileToExtract]);
    const program = path.join(draft, info.fileToExtract);
    await chmod(program, 0o755);
    await run(program, ['--version'], { timeout: 10_000 });
    await rename(program, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function save(url: string, file: string, onProgress: (detail: string) => void): Promise<void> {
  const stalled = new AbortController();
  const watchdog = setTimeout(() => stalled.abort(new Error('the download stalled')), STALL_TIMEOUT_MS);
  try {
    const response = await ask(url, ANSWER_TIMEOUT_MS, stalled.signal);
    if (response.body === null) throw new Error('the answer was empty');
    const total = Number(response.headers.get('content-length') ?? 0);
    let bytes = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        bytes += chunk.length;
        watchdog.refresh();
        onProgress(`${megabytes(bytes)}${total > 0 ? ` of ${megabytes(total)}` : ''} MB`);
        next(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(file), { signal: stalled.signal });
  } finally {
    clearTimeout(watchdog);
  }
}

async function ask(url: string, timeoutMs: number, signal?: AbortSignal): Promise<Response> {
  const unanswered = new AbortController();
  const timer = setTimeout(() => unanswered.abort(), timeoutMs);
  try {
    const signals = signal === undefined ? [unanswered.signal] : [unanswered.signal, signal];
    const response = await fetch(url, { signal: AbortSignal.any(signals) });
    if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
    return response;
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('answered')) throw cause;
    throw new Error(`${new URL(url).host} cannot be reached`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
