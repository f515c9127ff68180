/** The operations as the running API describes them, and requests that are right. */
import type { HandOff } from './stack.ts';

export interface Operation {
  method: string;
  /** As in the document: `/v1/leads/{id}`. */
  path: string;
  /** Roles whose keys are admitted; empty: no key is needed. */
  roles: readonly string[];
  /** Names of what may stand in its query. */
  query: readonly string[];
  /** Media type and example of the body, if it takes one. */
  body: { mediaType: string; example: unknown } | null;
  /** Statuses with their media types. */
  answers: Readonly<Record<string, readonly string[]>>;
}

interface Described {
  'x-roles'?: string[];
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { example?: unknown }> };
  responses: Record<string, { content?: Record<string, unknown> }>;
}

/** @throws Error when the document says of an operation nothing about who may call it */
export async function readOperations(base: string): Promise<Operation[]> {
  const response = await fetch(`${base}/openapi.json`);
  const document = (await response.json()) as { paths: Record<string, Record<string, Described>> };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const roles = described['x-roles'];
      if (roles === undefined) throw new Error(`${method} ${path} does not say who may call it (x-roles)`);
      const [content] = Object.entries(described.requestBody?.content ?? {});
      const answers = Object.entries(described.responses).map(
        ([status, answer]) => [status, Object.keys(answer.content ?? {})] as const,
      );
      return {
        method: method.toUpperCase(),
        path,
        roles,
        query: (described.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
        body: content === undefined ? null : { mediaType: content[0], example: content[1].example ?? {} },
        answers: Object.fromEntries(answers),
      };
    }),
  );
}

/** Names in the sample playbook, by the parameter that they stand for. */
const NAMES = { cadence: 'ebook-resources', segment: 'interested', rep: 'anna-berger' };

/** Ids of things that are there. */
export type Known = Pick<HandOff, 'leadId' | 'assignmentId' | 'taskId'> & { runId?: string };

/** What stands for the parameters of a path: what is known, or ids, names and a token that nothing has. */
export function urlOf(path: string, known: Known | null, token = 'x'): string {
  const named = path.replaceAll(/\{(cadence|segment|rep)\}/g, (_, name: keyof typeof NAMES) =>
    known === null ? 'nothing' : NAMES[name],
  );
  return named.replace('{id}', idFor(path, known)).replace('{token}', token);
}

function idFor(path: string, known: Known | null): string {
  const nothing = '0'.repeat(32);
  const [, , kind] = path.split('/');
  switch (kind) {
    case 'leads':
      return known?.leadId ?? `lead-${nothing}`;
    case 'assignments':
      return known?.assignmentId ?? `asg-${nothing}`;
    case 'bulk-runs':
    case 'migrations':
      return known?.runId ?? `run-${nothing}`;
    case 'tasks':
      return known?.taskId ?? `task-${nothing}`;
    default:
      return `key-${nothing}`;
  }
}

/** Text of a body, by its media type. */
export function encode(mediaType: string, value: unknown): string {
  if (/json/.test(mediaType)) return JSON.stringify(value) ?? '';
  if (typeof value !== 'object' || value === null) return String(value);
  const form = new URLSearchParams();
  for (const [key, inner] of Object.entries(value)) {
    form.append(key, typeof inner === 'string' ? inner : (JSON.stringify(inner) ?? ''));
  }
  return form.toString();
}
