/** The chart of a section as SVG, made on the server. Colors are those of the page around it, so that it fits light and dark. */
import type { EChartsCoreOption } from 'echarts/core';
import { decimalsOf } from '../domain/currency.ts';
import { type Label, labelsOf, withWholeNames } from './chart-labels.ts';
import { COLORS, INK, legendHeight, legendOf, LINE, type Size, SIZES, svgOf } from './chart-svg.ts';
import { CURVE_HEIGHT, curveOf } from './curve.ts';
import type { Cell, Chart, Column, Row, Section } from './report.ts';
import { cellInWords, inWords, NOT_KNOWN } from './words.ts';

/** A picture with more bars than this is no picture. */
const MOST_BARS = 20;

/**
 * Two pictures as SVG, of which the style of the page shows the one that fits. Without styles of their own, which a strict
 * Content-Security-Policy would refuse. Null when there is nothing to draw.
 */
export function chartOf(section: Section, currency: string): string | null {
  const { chart, rows } = section;
  if (chart === undefined || rows.length === 0) return null;
  return `${drawn(section, chart, currency, 'broad')}${drawn(section, chart, currency, 'narrow')}`;
}

function drawn({ columns, rows }: Section, chart: Chart, currency: string, as: keyof typeof SIZES): string {
  const size = SIZES[as];
  if (chart.kind === 'curve') return svgOf(curveOf(columns, rows, chart, size), as, CURVE_HEIGHT);
  const figures = columns.filter(({ key }) => chart.columns.includes(key));
  const shown = chart.kind === 'lines' ? rows : rows.slice(0, MOST_BARS);
  const legend = legendHeight(figures.length, size);
  const named = namesOf(columns);
  const names = shown.map(({ cells }) =>
    named.map((column) => nameOf(cells[column.key] ?? NOT_KNOWN, column, currency)).join(' · '),
  );
  const labels =
    chart.kind === 'lines' ? names.map((name) => ({ name, lines: [name] })) : labelsOf(names, size.longest, size.lines);
  const lines = Math.max(1, ...labels.map((label) => label.lines.length));
  const height =
    chart.kind === 'lines'
      ? 226 + legend
      : 26 + legend + shown.length * Math.max(figures.length > 1 ? 12 + 15 * figures.length : 26, 8 + 13 * lines);
  return withWholeNames(svgOf(optionOf(chart, figures, shown, labels, currency, size), as, height), labels);
}

/** A week is told by its first day, and its axis has no room for more. */
function nameOf(cell: Cell, column: Column, currency: string): string {
  return cellInWords({ cells: { [column.key]: cell } }, column, currency);
}

function optionOf(
  chart: Chart,
  drawn: readonly Column[],
  rows: readonly Row[],
  labels: readonly Label[],
  currency: string,
  size: Size,
): EChartsCoreOption {
  const unit = drawn[0]?.unit ?? 'count';
  const scale = unit === 'money' ? 10 ** decimalsOf(currency) : 1;
  const values = {
    type: 'value',
    axisLabel: { color: INK, hideOverlap: true, formatter: (value: number) => inWords(value * scale, unit, currency) },
    splitLine: { lineStyle: { color: LINE } },
    ...(size.isNarrow && { splitNumber: 2 }),
  };
  const categories = {
    type: 'category',
    data: labels.map(({ lines }) => lines.join('\n')),
    axisLabel: { color: INK, ...(chart.kind === 'lines' ? {} : { interval: 0 }) },
    axisLine: { lineStyle: { color: LINE } },
    axisTick: { show: false },
  };
  const isUpright = chart.kind === 'lines';
  return {
    color: COLORS,
    legend: legendOf(drawn.length, size),
    grid: {
      left: size.left,
      right: isUpright ? 24 : Math.max(size.right, 8 + LETTER * longestLabel(rows, drawn, currency)),
      top: legendHeight(drawn.length, size),
      bottom: 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: isUpright ? categories : values,
    yAxis: isUpright ? values : { ...categories, inverse: true },
    series: drawn.map(({ key, title }) => ({
      name: title,
      type: isUpright ? 'line' : 'bar',
      ...(isUpright
        ? { symbolSize: 5, lineStyle: { width: 2 } }
        : { barMaxWidth: 18, label: labelOf(unit, currency, scale) }),
      data: rows.map(({ cells }) => {
        const value = cells[key];
        return typeof value === 'number' ? value / scale : null;
      }),
    })),
  };
}

/** The widest digit of the letters beside a bar, in units of the picture. */
const LETTER = 7;

/** Letters of the longest figure that stands beside a bar. */
function longestLabel(rows: readonly Row[], drawn: readonly Column[], currency: string): number {
  const labels = rows.flatMap(({ cells }) =>
    drawn.map(({ key, unit }) => (typeof cells[key] === 'number' ? inWords(cells[key], unit, currency).length : 0)),
  );
  return Math.max(0, ...labels);
}

function labelOf(unit: Column['unit'], currency: string, scale: number) {
  return {
    show: true,
    position: 'right',
    color: INK,
    fontSize: 12,
    formatter: ({ value }: { value: number | null }) => (value === null ? '' : inWords(value * scale, unit, currency)),
  };
}

/** What rows are called by: the columns of words before the first figure. */
function namesOf(columns: readonly Column[]): readonly Column[] {
  const figures = columns.findIndex(({ unit }, i) => i > 0 && unit !== 'text');
  return columns.slice(0, Math.max(1, figures));
}
