/** JSON Schemas of the files of this room, for editors. `npm run docs` writes them into docs/schema. */
import { z } from 'zod';
import { personaSchema } from './persona-schema.ts';
import { testSchema } from './tests/test-schema.ts';

export function personaJsonSchema(): object {
  return {
    ...schemaOf(personaSchema),
    $id: 'persona.schema.json',
    title: 'Persona',
    description: 'See docs/simulation.md.',
  };
}

export function testJsonSchema(): object {
  return {
    ...schemaOf(testSchema),
    $id: 'test.schema.json',
    title: 'Test of a playbook',
    description: 'See docs/simulation.md.',
  };
}

function schemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
