/** Shares in pairs as bars for the terminal: what was foretold above what came true. */

/** A share from 0 to 1, with its words. */
interface Bar {
  title: string;
  share: number;
  words: string;
}

/** The longest bar has so many letters. */
const LONGEST = 40;

/** A line a bar: the name of a row stands beside the first of its bars. */
export function pairedBars(rows: readonly { name: string; bars: readonly Bar[] }[]): string {
  const bars = rows.flatMap((row) => row.bars);
  const most = Math.max(0, ...bars.map(({ share }) => share)) || 1;
  const longestOf = (words: readonly string[]): number => Math.max(0, ...words.map(({ length }) => length));
  const names = longestOf(rows.map(({ name }) => name));
  const titles = longestOf(bars.map(({ title }) => title));
  return rows
    .flatMap(({ name, bars: its }) =>
      its.map(({ title, share, words }, n) => {
        const bar = '█'.repeat(Math.round((share / most) * LONGEST));
        return `${(n === 0 ? name : '').padEnd(names)}  ${title.padEnd(titles)}  ${bar.padEnd(LONGEST)} ${words}`;
      }),
    )
    .join('\n');
}
