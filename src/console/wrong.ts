/** What is wrong with what was posted or asked for, in the words of the page: a field has its label there, no key. */
import { AppError, isAppError } from '../domain/errors.ts';

/** What is wrong with a field, in a sentence of its own, to be shown beside it. */
export function wrongField(name: string, message: string): AppError {
  return new AppError('VALIDATION_FAILED', message, { details: { field: name } });
}

/** The same where the sentence goes on from the label: "expected at most 500 characters". */
export function wrongAs(name: string, message: string): AppError {
  return new AppError('VALIDATION_FAILED', `${name}: ${message}`, { fields: [{ path: name, message }] });
}

/** What is wrong by the names of the fields in the form, in sentences; none: it is the form as a whole. */
export function wrongByField({ details, fields, message }: AppError): ReadonlyMap<string, string> {
  const { field: name } = details;
  if (typeof name === 'string') return new Map([[name, message]]);
  return new Map(fields.map((one) => [ownName(one.path), sentence(one.message)]));
}

/** Reads the fields of a form one after the other, and says what is wrong with all of them at once. */
export class Mistakes {
  readonly #found: AppError[] = [];

  /** What was read; undefined: it is wrong, and `refuse` says so. */
  read<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!isAppError(error) || error.code !== 'VALIDATION_FAILED') throw error;
      this.#found.push(error);
      return undefined;
    }
  }

  /** @throws AppError VALIDATION_FAILED with each field that is wrong, where one is */
  refuse(): void {
    const [first, ...others] = this.#found;
    if (first === undefined) return;
    if (others.length === 0) throw first;
    const fields = this.#found.flatMap((one) =>
      [...wrongByField(one)].map(([path, message]) => ({ path, message: message.replace(/\.$/, '') })),
    );
    throw new AppError('VALIDATION_FAILED', this.#found.map(({ message }) => message).join(' '), { fields });
  }
}

/**
 * For the top of the page.
 * @param labels Of the fields, as they stand on the page
 */
export function problemInWords({ message, fields }: AppError, labels: ReadonlyMap<string, string>): string {
  if (fields.length === 0) return message;
  const named = (name: string): string | null => {
    const label = labels.get(name);
    return label === undefined ? null : `“${shortLabel(label)}”`;
  };
  return fields
    .map((one) => {
      const label = named(ownName(one.path));
      // A message names another field by its key, in backticks.
      const words = one.message.replaceAll(/`([\w-]+)`/g, (key, name: string) => named(name) ?? key);
      // Some messages go on from the name of the field, others stand after a colon.
      const between = /^(must|is|are) /.test(words) ? ' ' : ': ';
      return sentence(label === null ? words : `${label}${between}${words}`);
    })
    .join(' ');
}

/** Without what is said of it in parentheses or after a colon. */
export function shortLabel(label: string): string {
  return label.replace(/(?: \(|: ).*/, '');
}

/** The rules name a field of an absence `away.until`; in the form it is `until`. */
function ownName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/[.?!]$/, '')}.`;
}
