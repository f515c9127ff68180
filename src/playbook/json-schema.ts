/** JSON Schemas of cadences, forms, segments, campaigns and newsletters, for editors: made from the schemas that the files are read by. `npm run docs` writes them. */
import { z } from 'zod';
import { conditionsSchema } from '../domain/fields/documentation.ts';
import { REFERS_TO, WRITTEN_AS } from '../language/schemas.ts';
import { STEP_KINDS } from '../steps/kinds.ts';
import { cadenceSchema } from './cadence-file.ts';
import { campaignsSchema } from './campaigns-file.ts';
import { formSchema } from './form-file.ts';
import { newslettersSchema } from './newsletters-file.ts';
import { segmentsSchema } from './segments-file.ts';

type JsonSchema = Record<string, unknown>;

export function cadenceJsonSchema(): JsonSchema {
  const { properties, ...schema } = shapeOf(cadenceSchema);
  const steps = { type: 'array', minItems: 1, items: { $ref: '#/$defs/step' } };
  const kinds = STEP_KINDS.map(({ kind, language }) => ({ title: kind, ...shapeOf(language.schema) }));
  return file(
    'Cadence',
    'cadences.md',
    { ...schema, properties: { ...(properties as JsonSchema), steps } },
    { step: { anyOf: kinds } },
  );
}

export function formJsonSchema(): JsonSchema {
  return file('Form', 'cadences.md', shapeOf(formSchema), {});
}

export function segmentsJsonSchema(): JsonSchema {
  return file('Segments', 'conditions.md', shapeOf(segmentsSchema), {});
}

export function newslettersJsonSchema(): JsonSchema {
  return file('Newsletters', 'broadcasts.md', shapeOf(newslettersSchema), {});
}

export function campaignsJsonSchema(): JsonSchema {
  const { $defs: _, ...schema } = file('Campaigns', 'playbook.md', shapeOf(campaignsSchema), {});
  return schema;
}

function file(title: string, page: string, schema: JsonSchema, defs: JsonSchema): JsonSchema {
  const conditions = conditionsSchema() as { $defs: JsonSchema };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    description: `See docs/${page}.`,
    ...schema,
    $defs: { ...conditions.$defs, ...defs },
  };
}

/**
 * What hand-written code reads (durations, windows, …) has its pattern from that code. What depends on the rest of the folder (whether a
 * template or a step exists) is known by `nurture validate` alone.
 */
function shapeOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema, zodSchema }) => {
      if (isShorthand(zodSchema)) {
        const whole = { ...jsonSchema };
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
        jsonSchema.anyOf = [{ type: 'string' }, whole];
      }
      const ways = jsonSchema[WRITTEN_AS] as readonly z.ZodType[] | undefined;
      if (ways !== undefined) {
        delete jsonSchema[WRITTEN_AS];
        jsonSchema.anyOf = ways.map(shapeOf);
      }
      const refersTo: unknown = jsonSchema[REFERS_TO];
      if (typeof refersTo !== 'string') return;
      delete jsonSchema[REFERS_TO];
      jsonSchema['$ref'] = `#/$defs/${refersTo}`;
    },
  });
  return shape;
}

/** A value that may be written in short, as a text, and is made whole before it is read (`z.preprocess`). */
function isShorthand({ _zod: { def } }: z.core.$ZodType): boolean {
  return def.type === 'pipe' && (def as z.core.$ZodPipeDef).in._zod.def.type === 'transform';
}
