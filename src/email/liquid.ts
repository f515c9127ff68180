import {
  type Context,
  type Emitter,
  type Liquid,
  Tag,
  type TagToken,
  type Template,
  type TopLevelToken,
} from 'liquidjs';
import { didYouMean } from '../domain/did-you-mean.ts';
import { addressOf, markedValue } from './addresses.ts';
import { registerFilters } from './filters/filters.ts';
import { escapeForHtml } from './filters/line-breaks.ts';
import { BoundedLiquid } from './render-limit.ts';

/**
 * The Liquid engines of the product: one escapes every value for HTML, one is for plain text (subject, preheader, text part), one for
 * addresses. All refuse unknown filters, render unknown variables as nothing, see own properties only, and cannot
 * reach the disk.
 */
function engine(escape?: (value: unknown) => string): Liquid {
  const liquid = new BoundedLiquid({
    strictFilters: true,
    strictVariables: false,
    ownPropertyOnly: true,
    ...(escape === undefined ? {} : { outputEscape: escape }),
    // A template may be wrong, never endless: characters of source, milliseconds of computing, units of memory.
    parseLimit: 2_000_000,
    renderLimit: 1_000,
    memoryLimit: 5_000_000,
    // No files: parts are put in when a template is loaded, see partials.ts.
    templates: {},
  });
  // These would read other templates, or hand out a value unescaped.
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag];
  delete liquid.filters['raw'];
  registerFilters(liquid, { html: escape === escapeForHtml });
  return liquid;
}

/** Writes address n of the template: its Liquid is filled in where it stands, so that it knows the variables of a loop around it. */
export const ADDRESS_TAG = '__address';

/** The variable that the tag reads. */
export const ADDRESSES_VARIABLE = '__addresses';

/** An address with values in it. */
export interface VariableLink {
  /** Parsed by `urlLiquid`. */
  template: Template[];
  /** It gets no UTM parameters. */
  bare: boolean;
  /** It leads straight to its page. */
  untracked?: true;
}

export interface Addresses {
  links: readonly VariableLink[];
  /** What stands in the mail in the place of an address. */
  shown(address: string, link: VariableLink): string;
}

/** Stands where the address of a link is left out. No text has it: a code point that Unicode keeps for such use. */
export const NO_ADDRESS = '\uFDD1';

function registerAddresses(liquid: Liquid, escape: (text: string) => string): void {
  class AddressTag extends Tag {
    readonly #n: number;
    constructor(token: TagToken, remaining: TopLevelToken[], engine: Liquid) {
      super(token, remaining, engine);
      this.#n = Number(token.args);
    }

    *render(context: Context, emitter: Emitter): Generator<unknown, void, string> {
      const { [ADDRESSES_VARIABLE]: given } = context.environments as { [ADDRESSES_VARIABLE]?: Addresses };
      const link = given?.links[this.#n];
      if (given === undefined || link === undefined) return;
      const rendered = yield urlLiquid.renderer.renderTemplates(link.template, context);
      emitter.write(escape(given.shown(addressOf(rendered), link)) || NO_ADDRESS);
    }
  }
  liquid.registerTag(ADDRESS_TAG, AddressTag);
}

export const htmlLiquid: Liquid = engine(escapeForHtml);
export const textLiquid: Liquid = engine();

/** For addresses: every value is encoded, once, by `addressOf`. A template may say so itself by a filter, which then does nothing more. */
export const urlLiquid: Liquid = engine(markedValue);
for (const filter of ['url_encode', 'cgi_escape', 'uri_escape'])
  urlLiquid.registerFilter(filter, (value: unknown) => value);

registerAddresses(htmlLiquid, (text) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
);
registerAddresses(textLiquid, (text) => text);

/** Where and why Liquid failed. `text` is template source, never a value of a lead. */
export interface LiquidProblem {
  message: string;
  /** What would be right, as in `; did you mean "upcase"?`; may be empty. */
  hint: string;
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
  const unclosed = unclosedBefore(token.input, token.begin, message);
  if (unclosed !== null) return unclosed;
  return {
    message,
    hint: hintForFilter(message),
    offset: token.begin,
    text: token.input.slice(token.begin, end).slice(0, 120),
  };
}

/** Liquid takes what follows for a part of a tag or output that has no end: the place is where it begins. */
function unclosedBefore(input: string, offset: number, message: string): LiquidProblem | null {
  const start = Math.max(input.lastIndexOf('{{', offset), input.lastIndexOf('{%', offset));
  if (start < 0) return null;
  const [text = ''] = input.slice(start, start + 120).split(/<\/?[a-z]|\n/i, 1);
  const runsOn =
    /<\/?(?:[a-z]|$)/i.test(input.slice(start, offset)) || /^(?:tag|output) "[^]*" not closed$/.test(message);
  if (!runsOn || /[%}]\}/.test(text)) return null;
  const end = input.startsWith('{{', start) ? '}}' : '%}';
  return { message: `this is not closed; add ${end}`, hint: '', offset: start, text: text.trimEnd() };
}

/** Filters of other systems whose result is markup, or that hand out a value unescaped. */
const NO_MARKUP = new Set([
  'raw',
  'safe',
  'html_safe',
  'markdownify',
  'markdown',
  'img_tag',
  'link_to',
  'highlight',
  'textilize',
]);

function hintForFilter(message: string): string {
  const [, name] = /^undefined filter: (\S+)$/.exec(message) ?? [];
  if (name === undefined) return '';
  return NO_MARKUP.has(name)
    ? '; every value is escaped, and no filter makes markup of one but newline_to_br: write the markup in the template'
    : didYouMean(name, Object.keys(textLiquid.filters));
}
