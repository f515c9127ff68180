import type { Request } from 'express';

/** A field of the form that was posted, without spaces around it; empty when there is none. */
export function field(request: Request, name: string): string {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null) return '';
  const value: unknown = (body as Record<string, unknown>)[name];
  return typeof value === 'string' ? value.trim() : '';
}
