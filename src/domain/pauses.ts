/** What can be made to stand still, besides a lead: all sending to leads, or a cadence. The key of its row. */

export const SENDING = 'sending';

export function cadenceScope(cadence: string): string {
  return `cadence:${cadence}`;
}

/** The cadence of a scope; null for all sending. */
export function cadenceOfScope(scope: string): string | null {
  return scope.startsWith('cadence:') ? scope.slice('cadence:'.length) : null;
}
