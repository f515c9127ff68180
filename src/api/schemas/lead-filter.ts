import { z } from 'zod';
import { FILTER_FIELDS, type FilterName, type FilterValues } from '../../domain/fields/registry.ts';
import { Flag, text } from './common.ts';
import { Grade, Stage } from './lead.ts';

/** Filters whose schema is not made from the type of their field. */
const OWN: Partial<Record<FilterName, z.ZodType<string | undefined>>> = {
  stage: Stage.optional(),
  grade: Grade.optional(),
  source: text(100).optional().meta({ description: 'Source of the first touch' }),
  owner: text(100).optional().meta({ description: 'Id or key of a rep; `none` for leads without an owner' }),
};

/** The filters of a list of leads, one for each field that has one. */
export const LEAD_FILTERS = Object.fromEntries(
  FILTER_FIELDS.map((field) => [field.name, OWN[field.name] ?? filterOf(field)]),
) as { [N in FilterName]: z.ZodType<FilterValues[N]> };

function filterOf(field: (typeof FILTER_FIELDS)[number]): z.ZodType<string | boolean | undefined> {
  switch (field.type) {
    case 'flag':
      return Flag;
    case 'choice':
      return z.enum(field.values).optional();
    case 'text':
    case 'number':
      return text(100).optional();
  }
}
