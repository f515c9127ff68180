import type { Audience } from './broadcast.ts';
import type { Condition } from './condition-parts.ts';
import { segmentConditions, segmentsIn, type Segment } from './segment.ts';

/** Whom a segment or a condition means, with the conditions of all segments that it names. */
export function audienceFor(
  segments: readonly Segment[],
  { segment, when }: { segment?: string | undefined; when?: Condition | undefined },
): Audience {
  const asked: Condition = when ?? { segment: segment ?? '' };
  const named = segmentsIn(asked, segmentConditions(segments));
  return { when: asked, segments: [...named].map(([name, holds]) => ({ segment: name, when: holds })) };
}
