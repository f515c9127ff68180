import { decimalsOf } from './currency.ts';

/** @param locale That of the reader: "€1,200.50" or "1.200,50 €" */
export function moneyInWords(minor: bigint, currency: string | null, locale = 'en'): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: currency ?? 'EUR' });
  return format.format(Number(minor) / 10 ** decimalsOf(currency));
}
