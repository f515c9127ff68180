/**
 * What PostgreSQL cannot keep in text or jsonb: the NUL character, half of a surrogate pair, nesting without end. One such
 * value would fail the whole statement, and with it every other item of a batch.
 */
const MAX_DEPTH = 16;
const MAX_JSON_LENGTH = 32_768;

/** Why a value cannot be stored, as a clause; null when it can. The value itself is not quoted. */
export function unstorableBecause(value: unknown): string | null {
  return because(value, 0) ?? (tooLong(value) ? `it is longer than ${MAX_JSON_LENGTH} characters` : null);
}

function because(value: unknown, depth: number): string | null {
  if (typeof value === 'string') {
    if (value.includes('\0')) return 'it holds a NUL character';
    return value.isWellFormed() ? null : 'it holds a broken Unicode character';
  }
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'it holds a number that is not finite';
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= MAX_DEPTH) return `it is nested deeper than ${MAX_DEPTH} levels`;
  for (const [key, inner] of Object.entries(value)) {
    const reason = because(key, depth) ?? because(inner, depth + 1);
    if (reason !== null) return reason;
  }
  return null;
}

function tooLong(value: unknown): boolean {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).length > MAX_JSON_LENGTH;
}
