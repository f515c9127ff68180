/** A picture for the docs: each benchmark's share of its floor as a bar. */
import type { Row } from './bench.ts';
import { figure } from './report.ts';

const WIDTH = 860;
const LINE = 26;
const LEFT = 330;
const RIGHT = 230;
const TOP = 44;

/** Rows without a floor have no bar and are left out. */
export function pictureOf(rows: readonly Row[]): string {
  const bars = rows.flatMap((row) => (row.ratio === undefined ? [] : [{ ...row, ratio: row.ratio }]));
  const most = Math.max(1, ...bars.map(({ ratio }) => ratio));
  const scale = (WIDTH - LEFT - RIGHT) / most;
  const height = TOP + bars.length * LINE + 16;
  const lines = bars.map(({ what, ratio, floor, engine, unit }, index) => {
    const y = TOP + index * LINE;
    const figures = `${ratio.toFixed(2)}  (${figure(engine)} of ${figure(floor ?? Number.NaN)} ${unit})`;
    return [
      `<text x="${LEFT - 10}" y="${y + 14}" text-anchor="end">${escape(what)}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${(ratio * scale).toFixed(1)}" height="${LINE - 7}" rx="3" fill="#2f7d4f"/>`,
      `<text x="${WIDTH - RIGHT + 10}" y="${y + 14}" fill="#555">${escape(figures)}</text>`,
    ].join('\n');
  });
  const floorAt = (LEFT + scale).toFixed(1);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Each benchmark beside its floor">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="${LEFT}" y="20" font-size="14" font-weight="600">Share of the floor (1 = as fast as the floor)</text>
${lines.join('\n')}
<line x1="${floorAt}" x2="${floorAt}" y1="${TOP - 8}" y2="${height - 10}" stroke="#b3261e" stroke-dasharray="4 3"/>
</svg>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
