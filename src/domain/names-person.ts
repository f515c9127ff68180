import type { Condition } from './condition.ts';

/** What a person is known by. */
export interface KnownBy {
  email: string | null;
  phone: string | null;
  firstName: string | null;
  lastName: string | null;
}

/** Fewer digits may be a part of many numbers. */
const FEWEST_DIGITS = 7;

/**
 * Whether somebody wrote into a condition who a person is: the address, or what of it stands before the @; the phone number, also without its
 * country; the full name. What fits many people as well, such as a company or a first name alone, does not count.
 */
export function namesPerson(condition: Condition, person: KnownBy): boolean {
  const words = wordsFor(person);
  const phone = digitsOf(person.phone ?? '');
  return textsOf(condition).some(
    (text) => words.some((word) => plain(text).includes(word)) || isSameNumber(digitsOf(text), phone),
  );
}

function wordsFor({ email, firstName, lastName }: KnownBy): string[] {
  const local = email?.slice(0, email.lastIndexOf('@') + 1) ?? '';
  const names = firstName && lastName ? [`${firstName} ${lastName}`, `${lastName} ${firstName}`] : [];
  return [local, ...names].map(plain).filter((word) => word !== '');
}

/** A number as it is kept begins with the country; people write it with zeros in that place, or none. */
function isSameNumber(written: string, known: string): boolean {
  if (known.length < FEWEST_DIGITS) return false;
  const national = written.replace(/^0+/, '');
  return written.includes(known) || (national.length >= FEWEST_DIGITS && known.endsWith(national));
}

/** Every text in it, names of fields too. */
function textsOf(part: unknown): string[] {
  if (typeof part === 'string' || typeof part === 'number') return [String(part)];
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, inner]) => [name, ...textsOf(inner)]);
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s,;]+/gu, ' ')
    .trim();
}

function digitsOf(text: string): string {
  return text.normalize('NFKC').replaceAll(/\D/g, '');
}
