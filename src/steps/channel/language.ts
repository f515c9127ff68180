import { z } from 'zod';
import { mapping } from '../../language/schemas.ts';
import { ONE_STEP, stepId, type StepLanguage } from '../language.ts';
import type { ChannelStep } from './position.ts';

const schema = mapping({
  id: stepId,
  channel: z.literal('preferred'),
  steps: z
    .array(z.unknown().meta(ONE_STEP), { error: 'expected a list of steps' })
    .min(1, 'expected at least one step'),
});

export const channelLanguage: StepLanguage<ChannelStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    if (read === null) return null;
    const variants = read.steps.map((_, i) => {
      const at = ['steps', i];
      if (!reader.isMessage(at)) reader.report(at, 'expected a step that reaches the lead: email, task or webhook');
      return reader.idAt(at) ?? '';
    });
    return { id: reader.id, kind: 'channel', variants, next: reader.after };
  },
  defaultId: (_written, place) => `channel-${place}`,
  nested: () => [{ at: ['steps'], arm: 'variant', alternatives: true }],
};
