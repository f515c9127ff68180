/** `plural`: the words that fit a number, by the rules of the reader's language. */
import { hintFor } from '../../domain/did-you-mean.ts';
import { AppError } from '../../domain/errors.ts';
import { kept, localeIn } from '../locale.ts';
import { asWritten, type MailFilter, named, numberIn } from './filter.ts';

const CATEGORIES = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;

const rulesOf = kept((language) => new Intl.PluralRules(language));
const numbersIn = kept((language) => new Intl.NumberFormat(language));

/** `plural: one: "# place", other: "# places"`, or in short `plural: "place", "places"`. `#` is the number. */
export const plural: MailFilter = function (value, ...args) {
  const words = wordsOf(args);
  const number = numberIn(value);
  if (number === null) return '';
  const { language } = localeIn(this.context);
  const fitting = words.get(rulesOf(language).select(number)) ?? words.get('other') ?? '';
  return fitting.replaceAll('#', () => numbersIn(language).format(number));
};

function wordsOf(args: readonly unknown[]): Map<string, string> {
  const { named: given, plain } = named(args);
  const [one, other] = plain;
  if (one !== undefined && other !== undefined) given.set('one', one).set('other', other);
  const unknown = [...given.keys()].find((key) => !(CATEGORIES as readonly string[]).includes(key));
  if (unknown !== undefined)
    throw new AppError('TEMPLATE_BROKEN', `plural has no "${unknown}"${hintFor(unknown, CATEGORIES)}`);
  if (!given.has('other'))
    throw new AppError(
      'TEMPLATE_BROKEN',
      'plural needs the words for all other numbers, as in plural: one: "# place", other: "# places"',
    );
  return new Map([...given].map(([key, text]) => [key, asWritten(text)]));
}
