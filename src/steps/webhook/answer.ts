import { cleanJson } from '../../domain/clean-text.ts';

/** Characters; a longer text is no attribute. */
const LONGEST = 1_000;

/**
 * The attributes that an answer fills in: of those that the step names, the ones that are not known yet. An answer is the word of
 * another program, and never takes the place of what the lead or a person stated.
 */
export function answeredAttributes(
  names: readonly string[],
  known: Readonly<Record<string, unknown>>,
  answer: Readonly<Record<string, unknown>>,
): Record<string, string | number | boolean> {
  const filled: Record<string, string | number | boolean> = {};
  for (const name of names) {
    if (!Object.hasOwn(answer, name) || (Object.hasOwn(known, name) && known[name] !== null)) continue;
    const value = cleanJson(answer[name]);
    const isText = typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST;
    if (isText || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
      filled[name] = value;
  }
  return filled;
}
