/** The score over a life as a picture: SVG, made on the server. */
import { LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Simulation } from '../result.ts';

use([LineChart, ScatterChart, GridComponent, MarkLineComponent, SVGRenderer]);

const SIZE = { width: 960, height: 260 };
const INK = '#57606a';

/** The curve, the emails on it, the changes of the stage, and the score from which the persona is ready. */
export function scoreChart(simulation: Simulation): string {
  const { scores, mails, stages, readyAt, days } = simulation;
  const startMs = Date.parse(simulation.startedAt);
  const day = (at: string): number => Math.round(((Date.parse(at) - startMs) / 86_400_000) * 100) / 100;
  const scoreAt = (at: string): number => scores.findLast((point) => point.at <= at)?.score ?? 0;
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  chart.setOption({
    animation: false,
    grid: { left: 44, right: 16, top: 34, bottom: 36 },
    xAxis: {
      type: 'value',
      name: 'day',
      nameLocation: 'middle',
      nameGap: 22,
      min: 0,
      max: days,
      axisLabel: { color: INK },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: Math.max(10, readyAt ?? 0, ...scores.map(({ score }) => Math.ceil(score))),
      axisLabel: { color: INK },
    },
    series: [
      {
        type: 'line',
        symbol: 'none',
        lineStyle: { color: '#0969da', width: 2 },
        areaStyle: { color: '#0969da', opacity: 0.08 },
        data: scores.map((point) => [day(point.at), point.score]),
        markLine: {
          symbol: 'none',
          silent: true,
          label: { color: INK, fontSize: 11, formatter: '{b}' },
          data: [
            ...lastOfDay(stages).map(({ at, to }) => ({
              name: to,
              xAxis: day(at),
              lineStyle: { color: '#9a6700', type: 'dotted' as const },
            })),
            ...(readyAt === null
              ? []
              : [
                  {
                    name: 'ready',
                    yAxis: readyAt,
                    label: { position: 'insideEndTop' as const },
                    lineStyle: { color: '#1a7f37', type: 'dashed' as const },
                  },
                ]),
          ],
        },
      },
      {
        type: 'scatter',
        symbolSize: 9,
        itemStyle: { color: '#8250df' },
        data: mails.filter(({ to }) => to === 'lead').map(({ at }) => [day(at), scoreAt(at)]),
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** A hand-off passes several stages at one instant, whose labels would cover one another. */
function lastOfDay(stages: Simulation['stages']): Simulation['stages'] {
  return stages.filter(({ day, from }, index) => from !== null && stages[index + 1]?.day !== day);
}
