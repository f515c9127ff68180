/** When a lead has done nothing for so long that it is left in peace. */
import type { Span } from './cadence.ts';
import { spanToMs, spanToText } from './span.ts';

/** Of settings.yaml. */
export interface Sunset {
  after: Span;
}

/** The instant (epoch milliseconds) since which a lead must have engaged or asked for something. */
export function sunsetBeforeMs({ after }: Sunset, atMs: number): number {
  return atMs - spanToMs(after);
}

export function sunsetReason({ after }: Sunset): string {
  return `no engagement for ${spanToText(after)}`;
}
