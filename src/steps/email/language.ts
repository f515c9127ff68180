import { z } from 'zod';
import { key, mapping } from '../../language/schemas.ts';
import { next, readNext, slug, stepId, type StepLanguage } from '../language.ts';
import type { EmailStep } from './position.ts';

const schema = mapping({ id: stepId, email: key, again: z.boolean().optional(), next });

export const emailLanguage: StepLanguage<EmailStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    if (read === null) return null;
    reader.checkKnown('template', ['email'], read.email);
    const again = read.again === true ? { again: true as const } : {};
    return { id: reader.id, kind: 'email', template: read.email, ...again, ...readNext(reader, read.next) };
  },
  defaultId: slug,
  templates: (step) => [step.template],
};
