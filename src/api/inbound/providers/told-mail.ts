/** Mails as providers post them: in a form, or in parts that are put together again for the reader. */
import { AppError } from '../../../domain/errors.ts';
import type { ProviderRequest } from './provider.ts';

/** Whether a request is a form and no JSON. */
export function isForm({ headers }: ProviderRequest): boolean {
  return /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\s*(?:;|$)/i.test(headers['content-type'] ?? '');
}

/** The texts of a form; attachments are left out. @throws AppError VALIDATION_FAILED */
export async function formOf({ headers, body }: ProviderRequest): Promise<ReadonlyMap<string, string>> {
  const given = { 'content-type': headers['content-type'] ?? '' };
  const form = await new Response(new Uint8Array(body), { headers: given }).formData().catch((cause: unknown) => {
    throw new AppError('VALIDATION_FAILED', 'The form cannot be read', { cause });
  });
  return new Map([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])));
}

/** A mail of these header fields with this text. How the text was written is said anew. */
export function mailOf(
  headers: readonly { name: string; value: string }[],
  { text, html }: { text: string | null | undefined; html: string | null | undefined },
): Buffer {
  const isPlain = (text ?? '').trim() !== '' || (html ?? '') === '';
  const kept = headers
    .filter(({ name }) => /^[\w-]{1,100}$/.test(name) && !/^(?:content-|mime-version$)/i.test(name))
    .map(({ name, value }) => `${name}: ${value.replaceAll(/[\r\n]+/g, ' ')}`);
  const type = `Content-Type: ${isPlain ? 'text/plain' : 'text/html'}; charset=utf-8`;
  return Buffer.from([...kept, 'MIME-Version: 1.0', type, '', (isPlain ? text : html) ?? ''].join('\r\n'));
}

/** The fields of a head that is given as text. */
export function headOf(text: string): { name: string; value: string }[] {
  const unfolded = text.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  return unfolded.flatMap((line) => {
    const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ name, value }];
  });
}
