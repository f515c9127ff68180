/** A curve of what was foretold and what came true: two shares, one across and one up, beside the line where both are the same. */
import type { EChartsCoreOption } from 'echarts/core';
import { COLORS, INK, legendHeight, legendOf, LINE, type Size } from './chart-svg.ts';
import type { Chart, Column, Row } from './report.ts';
import { inWords } from './words.ts';

export const CURVE_HEIGHT = 340;
const EXACT = 'If both were the same';

/** @param chart Its first column goes across, its second one up. Both are shares from 0 to 1. */
export function curveOf(
  columns: readonly Column[],
  rows: readonly Row[],
  chart: Pick<Chart, 'columns'>,
  size: Size,
): EChartsCoreOption {
  const [across, up] = chart.columns.map((key) => columns.find((one) => one.key === key));
  const share = ({ cells }: Row, column: Column | undefined): number => Number(cells[column?.key ?? ''] ?? 0);
  const points = rows.map((row) => [share(row, across), share(row, up)]);
  const end = endOfAxes(points.flat());
  const axis = (name: string, isAcross: boolean) => ({
    type: 'value',
    min: 0,
    max: end,
    name,
    nameLocation: isAcross ? 'middle' : 'end',
    // Above the axis its name begins where the axis stands, and not beyond the picture.
    nameTextStyle: { color: INK, ...(isAcross ? {} : { align: 'left' }) },
    nameGap: isAcross ? 26 : 10,
    axisLabel: { color: INK, hideOverlap: true, formatter: (value: number) => inWords(value, 'share', '') },
    axisLine: { show: true, lineStyle: { color: LINE } },
    splitLine: { lineStyle: { color: LINE } },
    interval: end / 4,
  });
  return {
    color: [...COLORS.slice(0, 1), INK],
    legend: legendOf(2, size),
    grid: {
      left: 12,
      right: 24,
      top: legendHeight(2, size) + 26,
      bottom: 30,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: axis(across?.title ?? '', true),
    yAxis: axis(up?.title ?? '', false),
    series: [
      { name: up?.title ?? '', type: 'line', symbolSize: 9, lineStyle: { width: 2 }, data: points },
      {
        name: EXACT,
        type: 'line',
        symbol: 'none',
        lineStyle: { width: 1, type: 'dashed' },
        data: [
          [0, 0],
          [end, end],
        ],
      },
    ],
  };
}

/** Both axes end at the same fifth, so that the line between them is what it says. */
function endOfAxes(shares: readonly number[]): number {
  const fifths = Math.ceil(Math.max(...shares) * 5 - 1e-9);
  return Math.min(5, Math.max(1, fifths)) / 5;
}
