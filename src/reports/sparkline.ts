const BARS = '▁▂▃▄▅▆▇█';

/** Values as a line of bars, the highest being the tallest. */
export function sparkline(values: readonly number[]): string {
  const highest = Math.max(0, ...values);
  return values
    .map((value) => BARS[highest === 0 ? 0 : Math.round((Math.max(0, value) / highest) * (BARS.length - 1))])
    .join('');
}
