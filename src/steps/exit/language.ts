import { mapping, words } from '../../language/schemas.ts';
import { slug, stepId, type StepLanguage } from '../language.ts';
import type { ExitStep } from './position.ts';

const schema = mapping({ id: stepId, exit: words });

export const exitLanguage: StepLanguage<ExitStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    return read && { id: reader.id, kind: 'exit', reason: read.exit };
  },
  defaultId: (written) => `exit-${slug(written)}`,
};
