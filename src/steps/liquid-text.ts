import { AppError } from '../domain/errors.ts';
import { cleanJson, singleLine } from '../domain/clean-text.ts';
import { knownNeed, presentablePhone } from '../domain/stated-words.ts';
import { personOf } from '../effects/person.ts';
import { liquidProblem, textLiquid } from '../email/liquid.ts';
import { variableMistakesInStep } from '../email/variables.ts';
import { readBy } from '../language/schemas.ts';
import type { StepTurn } from './performer.ts';

/** A text of a step that may name fields of the lead: "Call {{ lead.firstName | default: 'them' }}". */
export const liquidText = readBy<string>((written, report) => {
  if (typeof written !== 'string' || written.trim() === '') return report([], 'expected a text') ?? undefined;
  try {
    textLiquid.parse(written);
  } catch (error) {
    const { message, hint } = liquidProblem(error) ?? { message: 'it cannot be read', hint: '' };
    return report([], `not valid Liquid: ${message}${hint}`) ?? undefined;
  }
  const wrong = variableMistakesInStep(written);
  for (const message of wrong) report([], message);
  return wrong.length > 0 ? undefined : written.trim();
}).meta({ type: 'string', pattern: '\\S', description: 'A text that may name fields of the lead' });

/**
 * The text with the lead's data, as plain text: whoever shows it escapes it. Control characters are taken out, and what the lead stated
 * in the form of a page's address counts as not known.
 * @throws AppError TEMPLATE_BROKEN, with nothing of the lead
 */
export function renderText({ picture, playbook, lead }: StepTurn, stepId: string, text: string): string {
  const { need } = picture;
  const name = (parts: readonly (string | null | undefined)[]): string | null =>
    parts.filter(Boolean).join(' ') || null;
  const person = personOf(lead);
  const context = {
    lead: {
      ...(cleanJson(person, singleLine) as typeof person),
      name: name([person.firstName, person.lastName]),
      email: lead.email,
      phone: presentablePhone(lead.phone),
    },
    need: need === null ? null : knownNeed(playbook, need),
  };
  try {
    return String(textLiquid.parseAndRenderSync(text, context)).trim().slice(0, 4_000);
  } catch {
    // No cause: LiquidJS quotes values in some messages.
    throw new AppError('TEMPLATE_BROKEN', `The text of step ‘${stepId}’ cannot be filled in.`);
  }
}
