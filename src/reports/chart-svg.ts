/** What the charts of reports have in common: their sizes, their colors, and how they become SVG. */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

/** Units of the picture that a page is about as wide as: letters keep their size on a phone. */
export interface Size {
  width: number;
  /** Letters of a line of a name. */
  longest: number;
  /** Lines of a name. */
  lines: number;
  /** Space at the left for names whose letters are wider than a server guesses. */
  left: number;
  /** The least space at the right, for the figure beside the longest bar. */
  right: number;
  isNarrow: boolean;
}
export const SIZES = {
  broad: { width: 960, longest: 32, lines: 2, left: 48, right: 24, isNarrow: false },
  narrow: { width: 320, longest: 15, lines: 4, left: 24, right: 52, isNarrow: true },
} as const satisfies Record<string, Size>;

export const COLORS = [1, 2, 3, 4, 5, 6].map((n) => `var(--chart-${n})`);
export const INK = 'var(--soft)';
export const LINE = 'var(--line)';
const LEGEND_LINE = 22;

/** On a phone the names of the figures stand below one another. */
export function legendHeight(figures: number, { isNarrow }: Size): number {
  if (figures < 2) return 12;
  return isNarrow ? 8 + LEGEND_LINE * figures : 34;
}

/** Letters are measured by guess on a server: the gap is wide enough for those that are wider. */
export function legendOf(figures: number, { isNarrow }: Size) {
  return {
    show: figures > 1,
    top: 0,
    left: 0,
    itemGap: isNarrow ? 8 : 36,
    orient: isNarrow ? ('vertical' as const) : ('horizontal' as const),
    textStyle: { color: INK },
  };
}

export function svgOf(option: EChartsCoreOption, as: keyof typeof SIZES, height: number): string {
  const picture = init(null, null, { renderer: 'svg', ssr: true, width: SIZES[as].width, height });
  try {
    picture.setOption({ animation: false, textStyle: { fontFamily: 'sans-serif' }, ...option });
    return withoutStyles(picture.renderToSVGString(), as);
  } finally {
    picture.dispose();
  }
}

/** Styles become attributes of the same meaning; what reacts to a mouse is left out. */
function withoutStyles(svg: string, as: keyof typeof SIZES): string {
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
    .replace('<svg ', `<svg aria-hidden="true" class="chart ${as}" `);
}
