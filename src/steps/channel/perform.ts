import { stepById } from '../next-step.ts';
import type { StepPerformer } from '../performer.ts';
import { type ChannelStep, inOrder } from './position.ts';

/** Without a channel that can be used the lead goes on, and the timeline says so. */
export const performChannel: StepPerformer<ChannelStep> = {
  async perform(work) {
    const { turn, step, enrollment } = work;
    const variants = step.variants.map((id) => stepById(enrollment.cadenceAsPinned, id));
    for (const variant of inOrder(variants, turn.lead.preferredChannel, work.serves)) {
      if (!(await work.isUsable(variant))) continue;
      work.performed(`by ${variant.kind}, to ${variant.id}`);
      await work.goTo(variant.id);
      return true;
    }
    work.performed('no channel can be used: nothing is sent');
    await work.goOn();
    return true;
  },
};
