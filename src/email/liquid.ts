import { Liquid } from 'liquidjs';

/**
 * The two Liquid engines of the product: one that escapes every value for HTML, one for plain text (subject, preheader,
 * text part). Both refuse unknown filters, render unknown variables as nothing, see own properties only, and cannot
 * reach the disk.
 */
function engine(escape: boolean): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables: false,
    ownPropertyOnly: true,
    ...(escape ? { outputEscape: 'escape' as const } : {}),
    // A template may be wrong, never endless: characters of source, milliseconds of rendering, units of memory.
    parseLimit: 2_000_000,
    renderLimit: 1_000,
    memoryLimit: 5_000_000,
    // No files: parts are put in when a template is loaded, see partials.ts.
    templates: {},
  });
  // These would read other templates, or hand out a value unescaped.
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag];
  delete liquid.filters['raw'];
  return liquid;
}

export const htmlLiquid: Liquid = engine(true);
export const textLiquid: Liquid = engine(false);

/** Where and why Liquid failed. `text` is template source, never a value of a lead. */
export interface LiquidProblem {
  message: string;
  /** Offset of the tag or output in the source that was parsed. */
  offset: number;
  text: string;
}

/** Reads a LiquidJS error; null when it is another error. */
export function liquidProblem(error: unknown): LiquidProblem | null {
  if (!(error instanceof Error) || !('token' in error)) return null;
  const token = error.token;
  if (typeof token !== 'object' || token === null) return null;
  if (!('begin' in token) || typeof token.begin !== 'number') return null;
  if (!('input' in token) || typeof token.input !== 'string') return null;
  const end = 'end' in token && typeof token.end === 'number' ? token.end : token.begin + 40;
  const message = error.message.replace(/, (?:file:.*, )?line:\d+, col:\d+$/, '');
  return { message, offset: token.begin, text: token.input.slice(token.begin, end).slice(0, 120) };
}
