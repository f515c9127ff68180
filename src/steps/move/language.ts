import { key, mapping } from '../../language/schemas.ts';
import { slug, stepId, type StepLanguage } from '../language.ts';
import type { MoveStep } from './position.ts';

const schema = mapping({ id: stepId, move: key });

export const moveLanguage: StepLanguage<MoveStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    return read && { id: reader.id, kind: 'move', cadence: read.move };
  },
  defaultId: (written) => `move-to-${slug(written)}`,
  cadences: (step) => [{ at: ['move'], cadence: step.cadence }],
};
