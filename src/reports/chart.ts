/** The chart of a section as SVG, made on the server. Colors are those of the page around it, so that it fits light and dark. */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { decimalsOf } from '../domain/currency.ts';
import type { Chart, Column, Row, Section } from './report.ts';
import { inWords, NOT_KNOWN } from './words.ts';

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

const WIDTH = 960;
const COLORS = [1, 2, 3, 4, 5, 6].map((n) => `var(--chart-${n})`);
const INK = 'var(--soft)';
const LINE = 'var(--line)';
/** A picture with more bars than this is no picture. */
const MOST_BARS = 20;
const LONGEST_NAME = 34;
/** Of a name of several parts. */
const LONGEST_PART = 26;

/** SVG without styles of its own, which a strict Content-Security-Policy would refuse. Null when there is nothing to draw. */
export function chartOf({ chart, columns, rows }: Section, currency: string): string | null {
  if (chart === undefined || rows.length === 0) return null;
  const drawn = columns.filter(({ key }) => chart.columns.includes(key));
  const shown = chart.kind === 'lines' ? rows : rows.slice(0, MOST_BARS);
  const height = chart.kind === 'lines' ? 260 : 60 + shown.length * (drawn.length > 1 ? 12 + 15 * drawn.length : 26);
  const picture = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    picture.setOption(optionOf(chart, drawn, shown, namesOf(columns), currency));
    return withoutStyles(picture.renderToSVGString());
  } finally {
    picture.dispose();
  }
}

function optionOf(
  chart: Chart,
  drawn: readonly Column[],
  rows: readonly Row[],
  named: readonly Column[],
  currency: string,
): EChartsCoreOption {
  const longest = named.length > 1 ? LONGEST_PART : LONGEST_NAME;
  const names = rows.map(({ cells }) =>
    named.map(({ key, unit: of }) => shortened(inWords(cells[key] ?? NOT_KNOWN, of, currency), longest)).join(' · '),
  );
  const unit = drawn[0]?.unit ?? 'count';
  const scale = unit === 'money' ? 10 ** decimalsOf(currency) : 1;
  const values = {
    type: 'value',
    axisLabel: { color: INK, formatter: (value: number) => inWords(value * scale, unit, currency) },
    splitLine: { lineStyle: { color: LINE } },
  };
  const categories = {
    type: 'category',
    data: names,
    axisLabel: { color: INK, ...(chart.kind === 'lines' ? {} : { interval: 0 }) },
    axisLine: { lineStyle: { color: LINE } },
    axisTick: { show: false },
  };
  const isUpright = chart.kind === 'lines';
  return {
    animation: false,
    color: COLORS,
    textStyle: { fontFamily: 'sans-serif' },
    // Letters are measured by guess on a server: the gap is wide enough for those that are wider.
    legend: { show: drawn.length > 1, top: 0, left: 0, itemGap: 36, textStyle: { color: INK } },
    grid: {
      left: 24,
      right: 24,
      top: drawn.length > 1 ? 34 : 12,
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

function labelOf(unit: Column['unit'], currency: string, scale: number) {
  return {
    show: true,
    position: 'right',
    color: INK,
    fontSize: 11,
    formatter: ({ value }: { value: number | null }) => (value === null ? '' : inWords(value * scale, unit, currency)),
  };
}

/** What rows are called by: the columns of words before the first figure. */
function namesOf(columns: readonly Column[]): readonly Column[] {
  const figures = columns.findIndex(({ unit }, i) => i > 0 && unit !== 'text');
  return columns.slice(0, Math.max(1, figures));
}

/** Names that begin alike differ at their end. */
function shortened(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const end = Math.floor(longest / 3);
  return `${name.slice(0, longest - end - 1)}…${name.slice(-end)}`;
}

/** Styles become attributes of the same meaning; what reacts to a mouse is left out. */
function withoutStyles(svg: string): string {
  return svg
    .replaceAll(/<style\b[\s\S]*?<\/style>/g, '')
    .replaceAll(/ style="([^"]*)"/g, (_all, style: string) =>
      style
        .split(';')
        .filter((part) => part.includes(':'))
        .map((part) => {
          const [name = '', value = ''] = part.split(/:(.*)/s);
          return ` ${name.trim()}="${value.trim()}"`;
        })
        .join(''),
    )
    .replace('<svg ', '<svg aria-hidden="true" class="chart" ');
}
