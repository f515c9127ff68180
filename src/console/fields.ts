import type { Request } from 'express';

/** A field of the form that was posted, without spaces around it; empty when there is none. */
export function field(request: Request, name: string): string {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null) return '';
  const value: unknown = (body as Record<string, unknown>)[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** All values of a field that may be sent more than once: the boxes that were ticked. */
export function fieldsOf(request: Request, name: string): string[] {
  const body: unknown = request.body;
  const value: unknown =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one): one is string => typeof one === 'string' && one !== '');
}
