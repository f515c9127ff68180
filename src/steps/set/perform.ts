import { SETTABLE_FIELDS } from '../../domain/fields/profile.ts';
import type { Lead, Prisma } from '../../store/generated/client.ts';
import { endWaits } from '../awaiting.ts';
import type { StepPerformer } from '../performer.ts';
import type { SetStep } from './position.ts';
import { type Profile, withValues } from './profile.ts';

/**
 * The lead's lock is held, as for every change of a profile, so no change is lost. The names of fields are recorded but not their
 * values, which are personal data.
 */
export const performSet: StepPerformer<SetStep> = {
  async perform(work) {
    const { turn, step } = work;
    const { profile, fields } = withValues(profileOf(turn.lead), step.values);
    if (fields.length > 0) {
      turn.changeLead({ ...profile.texts, attributes: profile.attributes as Prisma.JsonObject });
      endWaits(turn, fields);
      turn.note({ action: 'lead.updated', data: { fields } });
      await work.regrade();
    }
    work.performed(
      fields.length === 0 ? 'nothing changed: the profile already had these values' : `set ${fields.join(', ')}`,
    );
    await work.goOn();
    return true;
  },
};

function profileOf(lead: Lead): Profile {
  const { attributes } = lead;
  const texts = Object.fromEntries(SETTABLE_FIELDS.map((field) => [field, lead[field]])) as Profile['texts'];
  return { texts, attributes: typeof attributes === 'object' && !Array.isArray(attributes) ? (attributes ?? {}) : {} };
}
