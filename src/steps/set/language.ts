import { hintFor } from '../../domain/did-you-mean.ts';
import { SETTABLE_FIELDS } from '../../domain/fields/profile.ts';
import { mapping, readBy, type Report } from '../../language/schemas.ts';
import { next, readNext, stepId, type StepLanguage } from '../language.ts';
import type { SetStep, SetValue } from './position.ts';
import { ATTRIBUTE } from './profile.ts';

/** As an attribute is named in the API and in conditions. */
const ATTRIBUTE_NAME = /^attributes\.[^\s.][^.]*$/;

const values = readBy<Record<string, SetValue>>((written, report) => {
  if (typeof written !== 'object' || written === null || Array.isArray(written) || Object.keys(written).length === 0)
    return report([], 'expected fields with their values, such as { attributes.interest: pumps }') ?? undefined;
  for (const [field, value] of Object.entries(written)) checkField(field, value, report);
  return written as Record<string, SetValue>;
}).meta({
  type: 'object',
  minProperties: 1,
  properties: Object.fromEntries(SETTABLE_FIELDS.map((field) => [field, { type: ['string', 'null'] }])),
  patternProperties: { [ATTRIBUTE_NAME.source]: { type: ['string', 'number', 'boolean', 'null'] } },
  additionalProperties: false,
  examples: [{ 'attributes.interest': 'pumps' }],
});
const schema = mapping({ id: stepId, set: values, next });

export const setLanguage: StepLanguage<SetStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    return read && { id: reader.id, kind: 'set', values: read.set, ...readNext(reader, read.next) };
  },
  defaultId: (_written, place) => `set-${place}`,
};

function checkField(field: string, value: unknown, report: Report): void {
  const isText = SETTABLE_FIELDS.some((one) => one === field);
  if (!isText && !ATTRIBUTE_NAME.test(field)) {
    const known = field.startsWith(ATTRIBUTE) ? '' : hintFor(field, SETTABLE_FIELDS);
    report([field], `a step cannot set "${field}"${known}; own fields are written attributes.<name>`, 'key');
  } else if (isText && value !== null && (typeof value !== 'string' || value.trim() === '')) {
    report([field], 'expected a text, or null for unknown');
  } else if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
    report([field], 'expected a text, a number, true or false, or null for unknown');
  }
}
