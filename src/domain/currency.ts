/** Minor units (cents) and whole units (euros) of money. */

/** How many decimals a currency has; 2 where it is not known. */
function decimalsOf(currency: string | null): number {
  if (currency === null || !/^[A-Z]{3}$/.test(currency)) return 2;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Money in whole units, for the former field `value` of stored conditions. Everything else counts minor units. */
export function inWholeUnits(valueMinor: bigint | null, currency: string | null): number | null {
  return valueMinor === null ? null : Number(valueMinor) / 10 ** decimalsOf(currency);
}

/** How many minor units a whole one has, as SQL over a column with a currency. */
export function minorUnitsSql(column: string): string {
  const byDecimals = Map.groupBy(Intl.supportedValuesOf('currency'), decimalsOf);
  const cases = [...byDecimals]
    .filter(([decimals]) => decimals !== 2)
    .map(
      ([decimals, codes]) =>
        `WHEN ${column} IN (${codes.map((code) => `'${code}'`).join(', ')}) THEN ${10 ** decimals}`,
    );
  return `(CASE ${cases.join(' ')} ELSE 100 END)`;
}
