/** Minor units (cents) and whole units (euros) of money. */

/** How many decimals a currency has. Read once: to ask takes as long as a dozen conditions. */
const DECIMALS: ReadonlyMap<string, number> = new Map(
  Intl.supportedValuesOf('currency').map((currency) => [
    currency,
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2,
  ]),
);

/** How many decimals the currency has; 2 for one that is not known. */
export function decimalsOf(currency: string | null): number {
  return DECIMALS.get(currency ?? '') ?? 2;
}

/** Money in whole units, for the former field `value` of stored conditions. Everything else counts minor units. */
export function inWholeUnits(valueMinor: bigint | null, currency: string | null): number | null {
  return valueMinor === null ? null : Number(valueMinor) / 10 ** decimalsOf(currency);
}

export function isCurrency(code: string): boolean {
  return DECIMALS.has(code);
}

/** The minor units of an amount as people type it, "1200" or "1200.50"; null when it is no amount of this currency. */
export function inMinorUnits(amount: string, currency: string): number | null {
  const decimals = DECIMALS.get(currency);
  const [, whole = '', part = ''] = /^(\d{1,12})(?:\.(\d+))?$/.exec(amount) ?? [];
  if (decimals === undefined || whole === '' || part.length > decimals) return null;
  return Number(whole + part.padEnd(decimals, '0'));
}

/** How many minor units a whole one has, as SQL over a column with a currency. */
export function minorUnitsSql(column: string): string {
  const byDecimals = Map.groupBy(DECIMALS.keys(), (currency) => DECIMALS.get(currency) ?? 2);
  const cases = [...byDecimals]
    .filter(([decimals]) => decimals !== 2)
    .map(
      ([decimals, codes]) =>
        `WHEN ${column} IN (${codes.map((code) => `'${code}'`).join(', ')}) THEN ${10 ** decimals}`,
    );
  return `(CASE ${cases.join(' ')} ELSE 100 END)`;
}
