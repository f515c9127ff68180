import type { Scalar } from '../condition-parts.ts';
import type { SegmentConditions } from '../segment.ts';
import type { Moment, Sources } from './field.ts';
import { ROW_FIELDS, type FieldName } from './registry.ts';

/** The facts that conditions are evaluated with, flat. Unknown facts are missing or null. */
export type LeadFacts = Partial<Record<FieldName, Scalar | null>> & {
  attributes?: Readonly<Record<string, unknown>>;
  event?: Readonly<Record<string, unknown>> & { type: string };
  /** The segments that a condition can name. */
  segments?: SegmentConditions;
  /** Values of behaviors, by their key (asked.ts). */
  behaviors?: Readonly<Record<string, number>>;
};

type NamedField = (typeof ROW_FIELDS)[number];

/** The facts in these rows: all, or those of these fields. Facts of parts that were not read are null. */
export function readFields(sources: Sources, moment: Moment, fields: readonly NamedField[] = ROW_FIELDS): LeadFacts {
  const facts: LeadFacts = {};
  for (const { name, read } of fields) facts[name] = read(sources, moment);
  return facts;
}
