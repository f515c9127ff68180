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
const COLORS = ['var(--chart-1)', 'var(--chart-2)', 'var(--chart-3)'];
const INK = 'var(--soft)';
const LINE = 'var(--line)';
/** A picture with more bars than this is no picture. */
const MOST_BARS = 20;
const LONGEST_NAME = 28;

/** SVG without styles of its own, which a strict Content-Security-Policy would refuse. Null when there is nothing to draw. */
export function chartOf({ chart, columns, rows }: Section, currency: string): string | null {
  if (chart === undefined || rows.length === 0) return null;
  const drawn = columns.filter(({ key }) => chart.columns.includes(key));
  const shown = chart.kind === 'lines' ? rows : rows.slice(0, MOST_BARS);
  const height = chart.kind === 'lines' ? 260 : 60 + shown.length * (drawn.length > 1 ? 34 : 26);
  const picture = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  try {
    picture.setOption(optionOf(chart, drawn, shown, columns[0], currency));
    return withoutStyles(picture.renderToSVGString());
  } finally {
    picture.dispose();
  }
}

function optionOf(
  chart: Chart,
  drawn: readonly Column[],
  rows: readonly Row[],
  first: Column | undefined,
  currency: string,
): EChartsCoreOption {
  const names = rows.map(({ cells }) => shortened(String(cells[first?.key ?? ''] ?? NOT_KNOWN)));
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
    legend: { show: drawn.length > 1, top: 0, left: 0, textStyle: { color: INK } },
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
    formatter: ({ value }: { value: number | null }) => (value === null ? '' : inWords(value * scale, unit, currency)),
  };
}

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
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
