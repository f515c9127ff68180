import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../domain/errors.ts';
import { type Classified, classifyMail } from '../email/inbound/classify.ts';
import { mailsOf } from '../email/inbound/mbox.ts';

/** One mail of a file, and what it says. */
export interface ClassifiedFile extends Classified {
  file: string;
}

/** @throws AppError VALIDATION_FAILED: a file cannot be read */
export async function* classifyFiles(files: readonly string[]): AsyncGenerator<ClassifiedFile> {
  for (const file of files) {
    const raw = await readFile(file).catch((cause: unknown) => {
      throw new AppError('VALIDATION_FAILED', unreadable(file, cause), { cause });
    });
    for (const mail of mailsOf(raw)) yield { file, ...(await classifyMail(mail)) };
  }
}

function unreadable(file: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EISDIR') return `${file} is a folder: name the files in it, as in ${path.join(file, '*')}`;
  if (code === 'ENOENT') return `There is no file ${file}`;
  return `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
}

/** A line for each recipient: verdict, status, address, file. */
export function classifiedText({ file, recipients }: ClassifiedFile): string {
  return recipients
    .map(({ verdict, status, address }) =>
      [verdict.padEnd(11), (status ?? '').padEnd(8), address ?? 'nobody named', `(${file})`].join('  '),
    )
    .join('\n');
}
