import type { Scalar } from '../condition-parts.ts';
import type { Moment, Sources } from './field.ts';
import { ROW_FIELDS, type FieldName } from './registry.ts';

/** What conditions are asked about: a flat picture of a lead, missing or null where unknown. */
export type LeadFacts = Partial<Record<FieldName, Scalar | null>> & {
  attributes?: Readonly<Record<string, unknown>>;
  event?: Readonly<Record<string, unknown>> & { type: string };
  /** What was read of behaviors, by their key (asked.ts). */
  behaviors?: Readonly<Record<string, number>>;
};

/** The fields that these rows tell of. Those of parts that were not read are null. */
export function readFields(sources: Sources, moment: Moment): LeadFacts {
  const facts: LeadFacts = {};
  for (const { name, read } of ROW_FIELDS) facts[name] = read(sources, moment);
  return facts;
}
