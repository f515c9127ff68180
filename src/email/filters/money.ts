/** `money`: an amount in minor units (cents) with its currency, as the reader's language writes it. */
import { decimalsOf, isCurrency } from '../../domain/currency.ts';
import { AppError } from '../../domain/errors.ts';
import { kept, localeIn } from '../locale.ts';
import { asWritten, type MailFilter, numberIn } from './filter.ts';

const moneyIn = kept((language, currency) => new Intl.NumberFormat(language, { style: 'currency', currency }));

/** Takes `{ valueMinor, currency }` too, as events state an amount. What is no amount gives nothing, so that `default` can follow. */
export const money: MailFilter = function (value, given) {
  const stated = asAmount(value);
  const currency = asWritten(given ?? stated.currency).toUpperCase();
  const amount = numberIn(stated.minor);
  if (amount === null) return '';
  if (!isCurrency(currency))
    throw new AppError(
      'TEMPLATE_BROKEN',
      currency === ''
        ? 'money needs a currency, as in {{ price | money: "EUR" }}'
        : `"${currency}" is no currency; write its three letters, as in money: "EUR"`,
    );
  return moneyIn(localeIn(this.context).language, currency).format(amount / 10 ** decimalsOf(currency));
};

function asAmount(value: unknown): { minor: unknown; currency?: unknown } {
  if (typeof value !== 'object' || value === null) return { minor: value };
  const { valueMinor, currency } = value as { valueMinor?: unknown; currency?: unknown };
  return { minor: valueMinor, currency };
}
