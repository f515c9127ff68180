import { z } from 'zod';
import { circleIn, type Segment, segmentConditions } from '../domain/segment.ts';
import { stated } from '../domain/stated.ts';
import { condition } from '../language/condition-schema.ts';
import { key, mapping, words } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import { checkConditionNames } from './condition-names.ts';
import type { KnownNames } from './context.ts';

export const segmentsSchema = z.record(key, mapping({ description: words.optional(), when: condition('lead') }));

/** Reads segments.yaml; null when it has mistakes, which are reported. */
export function readSegments(file: YamlFile, known: KnownNames): Segment[] | null {
  const read = file.parse(segmentsSchema);
  checkConditionNames(file, known);
  if (read === null) return null;
  const segments = Object.entries(read).map(([segment, one]): Segment => ({ segment, ...stated(one) }));
  const circle = circleIn(segmentConditions(segments));
  if (circle !== null) file.report([circle, 'when'], `the segment "${circle}" asks for itself; ask for something else`);
  return segments;
}

/** The names in the file, mistakes or not; undefined when it cannot be read. */
export function segmentNames(file: YamlFile | null): ReadonlySet<string> | undefined {
  if (file === null) return undefined;
  const value = file.at([]);
  return new Set(typeof value === 'object' && value !== null ? Object.keys(value) : []);
}
