import { mapping, span } from '../../language/schemas.ts';
import { next, readNext, stepId, type StepLanguage } from '../language.ts';
import type { WaitStep } from './position.ts';

const schema = mapping({ id: stepId, wait: span, next });

export const waitLanguage: StepLanguage<WaitStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    return read && { id: reader.id, kind: 'wait', for: read.wait, ...readNext(reader, read.next) };
  },
  defaultId: (_written, place) => `wait-${place}`,
};
