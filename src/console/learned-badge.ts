import { html } from 'hono/html';
import type { Html } from './layout.ts';

/** The learned readiness beside the one of the rules; nothing where nothing was learned. */
export function learnedBadge(percent: number | null): Html | '' {
  return percent === null
    ? ''
    : html`<span class="badge" title="Chance that a hand-off succeeds, learned from the outcomes so far"
        >learned ${Math.round(percent)}%</span
      >`;
}
