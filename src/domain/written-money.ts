/** Money and counts as people write them, in minor units and whole numbers. */
import { decimalsOf, inMinorUnits } from './currency.ts';
import { readAmount } from './written-amount.ts';

/** `ambiguous`: "1.234" in a currency with thousandths. */
export type WrittenMoney =
  | { kind: 'money'; minor: number }
  | { kind: 'ambiguous'; readings: readonly [whole: string, decimal: string] }
  | { kind: 'none' };

/** "12,500" is twelve thousand five hundred in a currency that has no thousandths. */
export function readMoney(text: string, currency: string): WrittenMoney {
  const read = readAmount(text);
  if (read.kind === 'none') return read;
  const [whole, decimal] = read.kind === 'amount' ? [read.amount, null] : read.readings;
  if (decimal !== null && inMinorUnits(decimal, currency) !== null)
    return { kind: 'ambiguous', readings: [whole, decimal] };
  const minor = inMinorUnits(whole, currency);
  return minor === null ? { kind: 'none' } : { kind: 'money', minor };
}

/** An amount as it stands in a field to be confirmed or changed: "3114.50". Empty where nothing is known, or it would be read as another amount. */
export function moneyToConfirm(minor: bigint | null, currency: string | null): string {
  if (minor === null || currency === null) return '';
  const decimals = decimalsOf(currency);
  const text = (Number(minor) / 10 ** decimals).toFixed(decimals);
  const read = readMoney(text, currency);
  return read.kind === 'money' && BigInt(read.minor) === minor ? text : '';
}

/** "1,234", "1.234" and "1 234" are one number. @returns Null: it is no whole number, or one of more than twelve digits */
export function readWhole(text: string): number | null {
  const read = readAmount(text);
  if (read.kind === 'none') return null;
  const digits = (read.kind === 'amount' ? read.amount : read.readings[0]).replace(/\.0+$/, '');
  return /^\d{1,12}$/.test(digits) ? Number(digits) : null;
}
