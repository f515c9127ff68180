import { z } from 'zod';

/** People in answers. A name stands beside each id. */

export const Person = z
  .object({ id: z.string(), key: z.string(), name: z.string() })
  .meta({ id: 'Person', description: 'A rep, with their key in the playbook' });

export const Doer = z
  .object({
    kind: z.enum(['rep', 'user', 'key', 'lead', 'machine', 'system']),
    id: z
      .string()
      .nullable()
      .meta({ description: 'Id of a rep, a user of the console or an API key; null: of a person in a terminal' }),
    key: z.string().nullable().meta({ description: 'Key of a rep in the playbook' }),
    name: z.string().meta({ example: 'Anna Berger' }),
  })
  .meta({ id: 'Doer', description: 'The person, key or system that did it' });
