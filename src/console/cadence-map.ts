/** A cadence as a picture: the answers to a request, a box a step, in the order of the file, with its figures; an arrow a way on, with the share that went it. */
import { html } from 'hono/html';
import type { Cadence, Step } from '../domain/cadence.ts';
import type { Conversion } from '../steps/conversion.ts';
import { kindOf } from '../steps/kinds.ts';
import { waysFrom } from '../steps/next-step.ts';
import { answersInWords, endInWords } from '../steps/picture.ts';
import type { Way } from '../steps/position.ts';
import type { Html } from './layout.ts';

/** A figure of a step, and where its leads are listed. */
export interface MapFigure {
  words: string;
  href: string;
}

/** A figure of those who left the cadence at a step: lost, or, `isGood`, ready for sales. */
export interface MapExit extends MapFigure {
  isGood: boolean;
}

const BOX = { left: 120, width: 520, height: 84 };
const WAY_HEIGHT = 22;
const GAP = 40;
const LANE = 14;
const LANES = 7;
const ANSWER_HEIGHT = 26;
const WIDTH = 1100;
const LONGEST_LINE = 62;
const LONGEST_WAY = 48;
const LONGEST_ANSWER = 120;
/** Whole words beside a step, with their share. */
const LONGEST_ASIDE = 64;

interface Placed {
  step: Step;
  top: number;
  /** To the step below it in the file. */
  down: Went | null;
  /** All others, each with its words. */
  aside: readonly Went[];
  /** Those who left there. */
  exits: readonly MapExit[];
}

/** A way on, with the share that went it. */
interface Went {
  words: string;
  /** Null: it ends the cadence. */
  to: string | null;
  /** Null: nobody is known to have gone it. */
  share: MapFigure | null;
}

export interface MapWords {
  /** How many came and went on, in words. */
  flowOf: (stepId: string) => string;
  /** In the order in which they are shown. */
  figuresOf: (stepId: string) => readonly MapFigure[];
  /** What is said of those who left the cadence at a step. */
  exitsOf: (stepId: string) => readonly MapExit[];
  /** Where the leads are listed that went from a step straight to another. */
  wentOf: (from: string, to: string) => string;
}

export function cadenceMap(cadence: Cadence, conversion: Conversion, words: MapWords): Html {
  const { figuresOf, flowOf } = words;
  const answers = answersInWords(cadence);
  const placed = place(cadence, conversion, words, 10 + answers.length * ANSWER_HEIGHT);
  const topOf = new Map(placed.map(({ step, top }) => [step.id, top]));
  const last = placed.at(-1);
  const height = (last === undefined ? 0 : bottomOf(last)) + 20;
  let lanes = 0;
  const arcs = placed.flatMap((one) =>
    one.aside.flatMap(({ to }) => {
      const target = to === null ? undefined : topOf.get(to);
      if (target === undefined) return [];
      lanes += 1;
      const x = BOX.left - 20 - ((lanes - 1) % LANES) * LANE;
      const [from, into] = [one.top + BOX.height - 14, target + 16 + ((lanes - 1) % LANES) * 4];
      return [
        html`<path
          d="M${BOX.left} ${from}H${x}V${into}H${BOX.left - 2}"
          fill="none"
          stroke="var(--chart-${(lanes % 3) + 1})"
          stroke-width="1.5"
          marker-end="url(#arrow)"
        />`,
      ];
    }),
  );
  return html`<svg
    class="chart map"
    role="group"
    aria-label="Map of the cadence"
    viewBox="0 0 ${WIDTH} ${height}"
    font-family="sans-serif"
    font-size="14"
  >
    <defs>
      <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
        <path d="M0 0L8 4L0 8z" fill="var(--soft)" />
      </marker>
    </defs>
    ${answers.map(
      (answer, n) =>
        html`<text x="${BOX.left + 14}" y="${24 + n * ANSWER_HEIGHT}" fill="var(--ink)">
          ${cut(answer, LONGEST_ANSWER)}<title>${answer}</title>
        </text>`,
    )}${arcs}${placed.map((one) => boxOf(one, flowOf(one.step.id), figuresOf(one.step.id)))}
  </svg>`;
}

function place(
  cadence: Cadence,
  conversion: Conversion,
  { exitsOf, wentOf }: Omit<MapWords, 'figuresOf' | 'flowOf'>,
  first: number,
): Placed[] {
  let top = first;
  const shareOf = (from: string, to: string | null): MapFigure | null => {
    const words = shareInWords(conversion, from, to);
    return words === '' || to === null ? null : { words, href: wentOf(from, to) };
  };
  return cadence.steps.map((step, i) => {
    const below = cadence.steps[i + 1]?.id ?? null;
    const ways = waysByTarget(cadence, step);
    const isDown = (way: WayOn) => below !== null && way.to === below;
    const down = ways.find(isDown);
    const one: Placed = {
      step,
      exits: exitsOf(step.id),
      top,
      down:
        down === undefined ? null : { words: cut(down.when, LONGEST_WAY), to: below, share: shareOf(step.id, below) },
      aside: ways
        .filter((way) => !isDown(way))
        .map(({ to, when, target }) => ({
          to,
          words: cut(`${when} → ${target}`.trim(), LONGEST_WAY),
          share: shareOf(step.id, to),
        })),
    };
    top = bottomOf(one) + GAP;
    return one;
  });
}

function bottomOf({ top, aside, exits }: Placed): number {
  return top + Math.max(BOX.height, (aside.length + exits.length) * WAY_HEIGHT + 8);
}

/** Ways on from a step to one place: two arms of a split may go on at the same step, and who went there is counted once. */
interface WayOn {
  /** Null: it ends the cadence. */
  to: string | null;
  /** "a (45%), b (45%)"; empty: it is the only way. */
  when: string;
  /** The step, or how the cadence ends. */
  target: string;
}

export function waysByTarget(cadence: Cadence, step: Step): WayOn[] {
  const toOf = (way: Way): string | null => ('stepId' in way ? way.stepId : null);
  const byTarget = Map.groupBy(waysFrom(cadence, step), (way) => toOf(way) ?? endInWords(cadence, way));
  return [...byTarget].flatMap(([target, its]) => {
    const [first] = its;
    const when = its.flatMap((way) => ('when' in way ? way.when : [])).join(', ');
    return first === undefined ? [] : [{ to: toOf(first), when, target }];
  });
}

/** The words of a way, with the way to the leads that went it. */
function wayWords({ words, share }: Went): Html {
  const figure =
    share === null
      ? ''
      : html`<a href="${share.href}"
          ><tspan fill="var(--accent)" text-decoration="underline">${share.words}</tspan></a
        >`;
  return html`${words}${words === '' || share === null ? '' : ' · '}${figure}`;
}

/** "62% (31)"; nothing where nobody is known to have left the step. */
export function shareInWords({ taken, left }: Conversion, from: string, to: string | null): string {
  const of = left.get(from) ?? 0;
  if (of === 0 || to === null) return '';
  const times = taken.get(`${from}>${to}`) ?? 0;
  return `${Math.round((100 * times) / of)}% (${times})`;
}

function boxOf({ step, top, down, aside, exits }: Placed, flow: string, figures: readonly MapFigure[]): Html {
  const middle = BOX.left + BOX.width / 2;
  const name = `${step.id}: ${kindOf(step).position.label(step)}`;
  const right = BOX.left + BOX.width;
  return html`<g>
    <rect
      x="${BOX.left}"
      y="${top}"
      width="${BOX.width}"
      height="${BOX.height}"
      rx="8"
      fill="var(--card)"
      stroke="var(--soft)"
    />
    <text x="${BOX.left + 14}" y="${top + 24}" fill="var(--ink)" font-weight="600">${cut(name, LONGEST_LINE)}</text>
    <text x="${BOX.left + 14}" y="${top + 47}" fill="var(--ink)">${flow}</text>
    <text x="${BOX.left + 14}" y="${top + 70}" fill="var(--soft)">
      ${figures.map(
        ({ words, href }, n) =>
          html`${n === 0 ? '' : ' · '}<a href="${href}"
              ><tspan fill="var(--accent)" text-decoration="underline">${words}</tspan></a
            >`,
      )}
    </text>
    ${aside.map(
      (way, n) =>
        html`<text x="${right + 12}" y="${top + 22 + n * WAY_HEIGHT}" fill="var(--ink)" font-size="13">
          ${wayWords(way)}
        </text>`,
    )}
    ${exits.map(
      ({ words, href, isGood }, n) =>
        html`<text
          x="${right + 12}"
          y="${top + 22 + (aside.length + n) * WAY_HEIGHT}"
          fill="${isGood ? 'var(--accent)' : 'var(--bad)'}"
          font-size="13"
          font-weight="600"
        >
          <a href="${href}"
            ><tspan fill="${isGood ? 'var(--accent)' : 'var(--bad)'}" text-decoration="underline"
              >${cut(words, LONGEST_ASIDE)}</tspan
            ></a
          ><title>${words}</title>
        </text>`,
    )}
    ${
      down === null
        ? ''
        : html`<path
              d="M${middle} ${top + BOX.height}V${bottomOf({ step, top, down, aside, exits }) + GAP - 2}"
              stroke="var(--soft)"
              stroke-width="1.5"
              marker-end="url(#arrow)"
            />
            <text
              x="${middle + 10}"
              y="${bottomOf({ step, top, down, aside, exits }) + GAP / 2 + 5}"
              fill="var(--ink)"
              font-size="13"
            >
              ${wayWords(down)}
            </text>`
    }
  </g>`;
}

function cut(words: string, longest: number): string {
  return words.length <= longest ? words : `${words.slice(0, longest - 1)}…`;
}
