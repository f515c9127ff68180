import express, { type Request, type Response } from 'express';
import { AppError } from '../domain/errors.ts';

/**
 * How a route reads its body. `none` ignores one; `optional-json` takes nothing at all as `{}`; `json-1mb` is for batches;
 * `form` takes what a page posts, form-encoded; `any-form` takes whatever a mail client posts, form-encoded or multipart, and
 * looks into it only where it can: what is in it must never be a reason to refuse; `raw` takes the bytes of whatever type, to be checked
 * against a signature; `csv` is a file as text, 10 MB at most.
 */
export type BodyKind = 'none' | 'json' | 'optional-json' | 'json-1mb' | 'form' | 'any-form' | 'raw' | 'csv';

const LIMITS = { json: '100kb', 'optional-json': '100kb', 'json-1mb': '1mb', form: '16kb', raw: '5mb' } as const;
/** Any JSON value is parsed. The schema then checks it, so that "not an object" is a field error and not a parse error. */
const jsonParser = (limit: string) => express.json({ limit, strict: false, type: isJson });
const PARSERS = {
  json: jsonParser(LIMITS.json),
  'optional-json': jsonParser(LIMITS['optional-json']),
  'json-1mb': jsonParser(LIMITS['json-1mb']),
  form: express.urlencoded({ limit: LIMITS.form, extended: false, parameterLimit: 200 }),
  raw: express.raw({ limit: LIMITS.raw, type: () => true }),
  csv: express.text({ limit: '10mb', type: isCsv }),
  'any-form': express.urlencoded({ limit: LIMITS.form, extended: false, parameterLimit: 20 }),
};

const MULTIPART = /^multipart\/form-data\s*;/i;
const multipart = express.raw({ limit: LIMITS.form, type: isMultipart });

const TAKES_ANY_TYPE: ReadonlySet<BodyKind> = new Set(['form', 'any-form', 'raw']);

/** @throws AppError UNSUPPORTED_MEDIA_TYPE for a body of another type; what the parsers throw is translated in problem.ts. */
export async function readBody(request: Request, response: Response, kind: BodyKind): Promise<unknown> {
  if (kind === 'none') return undefined;
  if (kind === 'csv' && !isCsv(request))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send the file as it is, with the header Content-Type: text/csv');
  if (kind !== 'csv' && !TAKES_ANY_TYPE.has(kind) && hasBody(request) && !isJson(request)) {
    throw new AppError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send the body as JSON, with the header Content-Type: application/json',
    );
  }
  const isParts = kind === 'any-form' && isMultipart(request);
  await new Promise<void>((resolve, reject) => {
    (isParts ? multipart : PARSERS[kind])(request, response, (error?: unknown) => {
      if (error === undefined || kind === 'any-form') resolve();
      else reject(error instanceof Error ? error : new Error('The body could not be read'));
    });
  });
  const body: unknown = request.body;
  if (isParts) return Buffer.isBuffer(body) ? partsOf(body, request) : {};
  if (kind === 'json' || kind === 'json-1mb') return body;
  return body ?? (kind === 'csv' ? '' : {});
}

/** The fields of a multipart body; none of one that cannot be read. */
async function partsOf(body: Buffer, { headers }: Request): Promise<Record<string, unknown>> {
  try {
    const parts = new globalThis.Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    });
    return Object.fromEntries(await parts.formData());
  } catch {
    return {};
  }
}

function hasBody(request: Request): boolean {
  return request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
}

function isJson(request: { headers: Request['headers'] }): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '');
}

function isMultipart({ headers }: { headers: Request['headers'] }): boolean {
  return MULTIPART.test(headers['content-type'] ?? '');
}

function isCsv(request: { headers: Request['headers'] }): boolean {
  return /^text\/csv\s*(?:;|$)/i.test(request.headers['content-type'] ?? '');
}
