import { decimalsOf } from '../domain/currency.ts';
import { presentable } from '../domain/stated-words.ts';

/** The name of a lead as pages show it. */
export function nameOf(lead: { firstName: string | null; lastName: string | null; company: string | null }): string {
  const { firstName, lastName, company } = presentable({ ...lead, jobTitle: null });
  const name = [firstName, lastName].filter((part) => part !== null).join(' ');
  return name === '' ? (company ?? 'A lead without a name') : name;
}

export function moneyInWords(minor: bigint, currency: string | null): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: currency ?? 'EUR' });
  return format.format(Number(minor) / 10 ** decimalsOf(currency));
}
