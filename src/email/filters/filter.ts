import type { Context } from 'liquidjs';

/** A filter as LiquidJS calls it: `this.context` is that of the rendering. */
export type MailFilter = (this: { readonly context: Context }, value: unknown, ...args: unknown[]) => unknown;

/** Arguments with a name, `one: "…"`, come as pairs; others as they are. */
export function named(args: readonly unknown[]): { named: Map<string, unknown>; plain: unknown[] } {
  const pairs = args.filter((one): one is [string, unknown] => Array.isArray(one) && typeof one[0] === 'string');
  return { named: new Map(pairs), plain: args.filter((one) => !Array.isArray(one)) };
}

/** A number, or a text that is one; null for anything else. */
export function numberIn(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*-?\d+(?:\.\d+)?\s*$/.test(value)) return null;
  return Number(value);
}

/** A value as a mail writes it. */
export function asWritten(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(asWritten).join('');
  return JSON.stringify(value);
}
