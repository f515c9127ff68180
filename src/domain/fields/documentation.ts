import { DEEPEST_CONDITION } from '../condition-parts.ts';
import type { Field, Parameter } from './field.ts';
import { FIELDS, isBehavior, OPEN_FIELDS } from './registry.ts';
import type { Operator } from '../matcher.ts';

/** Documentation of the fields, made from the registry. `npm run docs` writes it into docs/. */

/** The table of fields in docs/conditions.md. */
export function fieldsTable(): string {
  const rows = FIELDS.map((field) => [`\`${field.name}\``, field.doc, typeInWords(field), `\`${field.example}\``]);
  const { attributes } = OPEN_FIELDS;
  rows.push([`\`${attributes.prefix}<name>\``, attributes.doc, 'any', `\`${attributes.example}\``]);
  return [['field', 'what it is', 'type', 'example'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function typeInWords(field: Field): string {
  switch (field.type) {
    case 'text':
      return 'text';
    case 'number':
      return `number (${field.unit})`;
    case 'flag':
      return 'true or false';
    case 'choice':
      return `one of ${field.values.map((value) => `\`${value}\``).join(', ')}`;
  }
}

type Schema = Readonly<Record<string, unknown>>;

const SCALAR = { type: ['string', 'number', 'boolean'] };
const TEXT = { type: 'string' };
const NUMBER = { type: 'number' };

/** JSON Schema of conditions: for editors, and for the schemas of files that have conditions in them. */
export function conditionsSchema(): Schema {
  const behaviors = FIELDS.filter(isBehavior).map(({ name }) => name);
  const rows = FIELDS.filter((field) => !isBehavior(field)).map(({ name }) => name);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'conditions.schema.json',
    title: 'Condition',
    description: `Of a lead. Conditions may stand at most ${DEEPEST_CONDITION} deep inside one another. Generated from the registry of fields: see docs/conditions.md.`,
    $ref: '#/$defs/condition',
    $defs: {
      condition: group('condition', [...rows, ...behaviors], [OPEN_FIELDS.attributes.prefix]),
      fitCondition: group('fitCondition', rows, [OPEN_FIELDS.attributes.prefix]),
      eventCondition: group('eventCondition', rows, [OPEN_FIELDS.attributes.prefix, OPEN_FIELDS.event.prefix]),
      fields: { properties: Object.fromEntries(FIELDS.map((field) => [field.name, fieldSchema(field)])) },
      text: matcher(SCALAR, SCALAR),
      number: matcher(NUMBER, NUMBER),
      flag: matcher({ type: 'boolean' }, null),
    },
  };
}

/** The keys of a condition, all of which must hold. */
function group(name: string, fields: readonly string[], prefixes: readonly string[]): Schema {
  const self = { $ref: `#/$defs/${name}` };
  return {
    type: 'object',
    minProperties: 1,
    properties: {
      all: { description: 'Each of these holds', type: 'array', minItems: 1, items: self },
      any: { description: 'At least one of these holds', type: 'array', minItems: 1, items: self },
      not: { description: 'This is known to be false', ...self },
      ...Object.fromEntries(fields.map((field) => [field, { $ref: `#/$defs/fields/properties/${field}` }])),
    },
    patternProperties: Object.fromEntries(
      prefixes.map((prefix) => [`^${prefix.replace('.', '[.]')}.`, { $ref: '#/$defs/text' }]),
    ),
    additionalProperties: false,
  };
}

function fieldSchema(field: Field): Schema {
  const about = { description: `${field.doc} (${typeInWords(field)})`, examples: [field.example] };
  if (isBehavior(field)) return behaviorSchema(field.parameters, about);
  switch (field.type) {
    case 'text':
    case 'number':
    case 'flag':
      return { ...about, $ref: `#/$defs/${field.type}` };
    case 'choice':
      return { ...about, ...matcher({ enum: field.values }, null) };
  }
}

/** A value, a list, or operators. `ordered`: what it can be more or less than; null: it has no order. */
function matcher(value: Schema, ordered: Schema | null): Schema {
  const list = { type: 'array', minItems: 1, items: value };
  return { anyOf: [value, list, operators(value, ordered, {})] };
}

function behaviorSchema(parameters: Readonly<Record<string, Parameter>>, about: Schema): Schema {
  const own = Object.entries(parameters).map(([name, { doc }]) => [name, { description: doc, type: 'string' }]);
  const required = Object.entries(parameters).flatMap(([name, { otherwise }]) => (otherwise === undefined ? name : []));
  return { ...about, ...operators(NUMBER, NUMBER, Object.fromEntries(own)), required };
}

function operators(value: Schema, ordered: Schema | null, more: Schema): Schema {
  const list = { type: 'array', minItems: 1, items: value };
  const all: Partial<Record<Operator, Schema>> = {
    is: value,
    not: value,
    in: list,
    notIn: list,
    ...(ordered === null ? {} : { gt: ordered, gte: ordered, lt: ordered, lte: ordered }),
    contains: TEXT,
    startsWith: TEXT,
    exists: { type: 'boolean' },
  };
  return { type: 'object', minProperties: 1, properties: { ...more, ...all }, additionalProperties: false };
}
