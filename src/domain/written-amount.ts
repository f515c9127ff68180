/** Amounts of money as people write them, whatever their country. */

/** `amount`: digits with a point before the decimals. `ambiguous`: it can be read in two ways. */
export type WrittenAmount =
  | { kind: 'amount'; amount: string }
  | { kind: 'ambiguous'; readings: [whole: string, decimal: string] }
  | { kind: 'none' };

const SPACES = /[\s\u00a0\u202f\u2009'’]/g;

/**
 * Reads "1234.5", "1,234.50", "1.234,50", "1 234,50" and "1’234.50". Where one mark stands before three digits, as in "1.234", nobody can tell
 * thousands from decimals.
 */
export function readAmount(text: string): WrittenAmount {
  const isSpaced = SPACES.test(text);
  SPACES.lastIndex = 0;
  const bare = text.replaceAll(SPACES, '');
  if (!/^\d[\d.,]*$/.test(bare) || (isSpaced && !isGrouped(text.replaceAll(SPACES, ' ')))) return { kind: 'none' };
  const marks: readonly string[] = bare.match(/[.,]/g) ?? [];
  const last = marks.at(-1);
  if (last === undefined) return amount(bare);
  const other = last === '.' ? ',' : '.';
  const [whole = '', part = '', ...more] = bare.split(last);
  if (marks.includes(other)) {
    if (more.length > 0 || part === '' || !areGroups(whole.split(other))) return { kind: 'none' };
    return amount(`${whole.replaceAll(other, '')}.${part}`);
  }
  if (more.length > 0) return areGroups([whole, part, ...more]) ? amount(bare.replaceAll(last, '')) : { kind: 'none' };
  if (part === '') return { kind: 'none' };
  const isOpen = part.length === 3 && whole.length <= 3 && !whole.startsWith('0') && !isSpaced;
  return isOpen ? { kind: 'ambiguous', readings: [whole + part, `${whole}.${part}`] } : amount(`${whole}.${part}`);
}

function amount(text: string): WrittenAmount {
  return { kind: 'amount', amount: text };
}

/** "1", "234", "567": each but the first of three digits. */
function areGroups([first = '', ...rest]: readonly string[]): boolean {
  return /^\d{1,3}$/.test(first) && rest.every((one) => /^\d{3}$/.test(one));
}

function isGrouped(text: string): boolean {
  const [whole = ''] = text.trim().split(/[.,]/);
  return areGroups(whole.split(' '));
}
