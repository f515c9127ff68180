import { type WhyRep, whyChosenInWords } from '../../domain/why-rep.ts';
import type { Tx } from '../db.ts';
import type { Assignment } from '../generated/client.ts';
import { withNames } from './names.ts';

/**
 * Why the rep of a hand-off was chosen among the others, in a clause. Null: nothing was kept, as where a person named the rep.
 * @param when An instant in words
 */
export async function whyRepOf(
  tx: Tx,
  handOff: Pick<Assignment, 'chosen'> | undefined,
  when: (at: Date) => string,
): Promise<string | null> {
  const chosen = handOff?.chosen ?? null;
  if (chosen === null) return null;
  const [clause = null] = await withNames(tx, [whyChosenInWords(chosen as unknown as WhyRep, when)]);
  return clause;
}
