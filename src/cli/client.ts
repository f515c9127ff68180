/** The HTTP API as the command line uses it: the same requests that anybody outside can make. */
import type { z } from 'zod';

import type { AssignmentPage } from '../api/schemas/assignment.ts';
import type { Lead as LeadSchema, LeadPage } from '../api/schemas/lead.ts';
import { AppError, ERROR_CODES, type ErrorCode, type FieldError } from '../domain/errors.ts';
import type { StoryEntry } from '../domain/story.ts';

export type Lead = z.output<typeof LeadSchema>;
export type Leads = z.output<typeof LeadPage>;
export type Assignments = z.output<typeof AssignmentPage>;

/** One entry of GET /v1/leads/{id}/timeline. */
export interface TimelineEntry extends StoryEntry {
  actor: string;
}

/** What the demo reads of GET /v1/leads/{id}/why. */
export interface Why {
  next: { what: string; when: string | null; why: string };
  lastSend: { title: string } | null;
}

export interface ApiClient {
  /** The same API with another key. */
  as(key: string): ApiClient;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  /** A request that is answered without a body (204). */
  postOnly(path: string, body: unknown): Promise<void>;
  delete(path: string): Promise<void>;
  /** An answer that is no JSON. */
  getText(path: string): Promise<string>;
  postCsv<T>(path: string, csv: string): Promise<T>;
}

/** Longer than the longest a command or a fast-forward takes on its own. */
const PATIENCE_MS = 150_000;

/** @throws AppError (each call) with what was asked and what the API answered, in one line */
export function createApiClient(baseUrl: string, key: string): ApiClient {
  const ask = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: { type: string; text: string },
  ): Promise<string> => {
    const response = await fetch(baseUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': body.type }),
      },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body: body.text }),
    }).catch((cause: unknown) => {
      throw new AppError('UNAVAILABLE', `The API did not answer ${method} ${path}.`, { cause });
    });
    const answer = await response.text();
    if (!response.ok) throw refusal(response.status, `${method} ${path}`, answer);
    return answer;
  };
  const call = async <T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> => {
    return JSON.parse(await ask(method, path, body === undefined ? undefined : inJson(body))) as T;
  };
  return {
    as: (other) => createApiClient(baseUrl, other),
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    postOnly: async (path, body) => void (await ask('POST', path, inJson(body))),
    delete: async (path) => void (await ask('DELETE', path)),
    getText: (path) => ask('GET', path),
    postCsv: async <T>(path: string, csv: string) =>
      JSON.parse(await ask('POST', path, { type: 'text/csv', text: csv })) as T,
  };
}

function inJson(body: unknown): { type: string; text: string } {
  return { type: 'application/json', text: JSON.stringify(body) };
}

/** The problem response (RFC 9457) as the error that the API had. */
function refusal(status: number, asked: string, answer: string): AppError {
  const { code, detail = answer.slice(0, 200), errors = [] } = problemOf(answer);
  const message = `The API answered ${status} to ${asked}: ${[detail, ...errors.map(inWords)].join('\n  ')}`;
  return new AppError(isCode(code) ? code : 'INTERNAL', message, { fields: errors });
}

function problemOf(answer: string): { code?: string; detail?: string; errors?: FieldError[] } {
  try {
    return JSON.parse(answer) as { code?: string; detail?: string; errors?: FieldError[] };
  } catch {
    return {};
  }
}

function inWords({ path, message }: FieldError): string {
  return `${path} ${message}`;
}

function isCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERROR_CODES, code);
}

/** The whole timeline of a lead, oldest first. */
export async function readTimeline(api: ApiClient, leadId: string): Promise<TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: { items: TimelineEntry[]; nextCursor: string | null } = await api.get(
      `/v1/leads/${leadId}/timeline?order=asc&limit=200${after}`,
    );
    entries.push(...page.items);
    cursor = page.nextCursor;
  }
  return entries;
}
