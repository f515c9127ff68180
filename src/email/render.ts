import { type Liquid, LiquidError, type Template } from 'liquidjs';
import { DEFAULT_COLORS } from '../domain/brand.ts';
import { cleanJson, singleLine } from '../domain/clean-text.ts';
import { AppError, isAppError } from '../domain/errors.ts';
import { withUtm } from '../domain/utm.ts';
import { isPage } from './addresses.ts';
import { placeInFile, type CompiledTemplate } from './compile.ts';
import { withDefaults } from './defaults.ts';
import { addressesOf, trackingVariables, type Tracking } from './links.ts';
import { ADDRESSES_VARIABLE, type Addresses, htmlLiquid, liquidProblem, NO_ADDRESS, textLiquid } from './liquid.ts';
import { formattingLanguage, LOCALE_VARIABLE, type Locale } from './locale.ts';
import type { RenderContext } from './render-context.ts';
import { layOutText } from './text-part.ts';

export interface RenderedEmail {
  /** One line, no HTML. */
  subject: string;
  html: string;
  text: string;
  /** One line, no HTML; part of the HTML already. */
  preheader: string;
}

/**
 * Renders a template for one lead. Every value is escaped in HTML and as it is in subject and text; what is unknown
 * renders as nothing, so templates say `{{ lead.firstName | default: 'there' }}`.
 *
 * @param tracking Without it links lead straight to their address and there is no pixel: preview, view in browser.
 * @throws AppError TEMPLATE_BROKEN with the template's key and line, and nothing of the lead.
 */
export function render(compiled: CompiledTemplate, given: RenderContext, tracking?: Tracking): RenderedEmail {
  return renderWith(compiled, given, tracking, (address) => tracking?.own?.get(address) ?? address);
}

/**
 * The same for a context of samples: the error says what a filter did not like, and with which value.
 * @throws AppError TEMPLATE_BROKEN
 */
export function renderSample(compiled: CompiledTemplate, sample: RenderContext, tracking?: Tracking): RenderedEmail {
  return renderWith(compiled, sample, tracking, (address) => tracking?.own?.get(address) ?? address, reasonInFull);
}

/**
 * The addresses of pages that the mail has for this lead alone, each once.
 * @throws AppError TEMPLATE_BROKEN
 */
export function addressesFor(compiled: CompiledTemplate, given: RenderContext): readonly string[] {
  const found = new Set<string>();
  // Which there are is known once all is filled in: an address may stand in a loop.
  if (compiled.variableLinks.length > 0)
    renderWith(compiled, given, undefined, (address) => {
      if (isPage(address)) found.add(address);
      return address;
    });
  return [...found];
}

function renderWith(
  compiled: CompiledTemplate,
  given: RenderContext,
  tracking: Tracking | undefined,
  shown: (address: string) => string,
  tell = reasonOf,
): RenderedEmail {
  const run = runner(compiled, given, tell);
  const subject = oneLine(run(textLiquid, compiled.subject));
  const preheader = oneLine(run(textLiquid, compiled.preheader));
  const { utm } = given;
  const addresses: Addresses = {
    links: compiled.variableLinks,
    shown: (address, { bare, untracked }) => (untracked ? address : shown(bare ? address : withUtm(address, utm))),
  };
  const variables = {
    subject,
    preheader,
    ...trackingVariables(addressesOf(compiled.links, utm), tracking),
    [ADDRESSES_VARIABLE]: addresses,
  };
  return {
    subject,
    preheader,
    html: withoutDeadLinks(run(htmlLiquid, compiled.html, variables)),
    text: layOutText(run(textLiquid, compiled.text, variables)),
  };
}

const DEAD_LINK = new RegExp(`\\s+href="${NO_ADDRESS}"|${NO_ADDRESS}`, 'gu');

/** Of a link without an address its words stay: `href=""` would open the page that the mail stands on. */
function withoutDeadLinks(html: string): string {
  return html.includes(NO_ADDRESS) ? html.replaceAll(DEAD_LINK, '') : html;
}

type Run = (liquid: Liquid, template: Template[], more?: Record<string, unknown>) => string;

/** Fills in Liquid of a template with the data of one lead. */
function runner({ source, language }: CompiledTemplate, given: RenderContext, tell: (error: unknown) => string): Run {
  const { attributes, ...profile } = given.lead;
  const { sender, links, brand, clock = NO_CLOCK, utm: _ofLinks, ...values } = given;
  // The brief of a rep is about a lead, and is not read by it.
  const isForRep = Boolean(given.rep) || given.tasks !== undefined;
  const reader = isForRep ? null : profile.language;
  const locale: Locale = { ...clock, language: formattingLanguage(language, reader) };
  // Clean where it comes in, and here once more: an older version of the engine stored what it was given.
  const known = { ...(cleanJson(values, singleLine) as object), sender, links, brand: wholeBrand(brand) };
  const lead = tidyLead({
    ...(cleanJson(profile, singleLine) as typeof profile),
    ...(attributes === undefined ? {} : { attributes: cleanJson(attributes) as typeof attributes }),
  });
  const context = withDefaults({ ...known, lead, [LOCALE_VARIABLE]: locale }, source.defaults);
  return (liquid, template, more = {}) => {
    try {
      const rendered: unknown = liquid.renderSync(template, { ...context, ...more });
      return String(rendered);
    } catch (error) {
      const problem = liquidProblem(error);
      const where = problem === null ? source.file : placeInFile(source, problem.text);
      const what = problem === null ? '' : ` at ${problem.text}`;
      // No cause: LiquidJS quotes values in some messages.
      throw new AppError(
        'TEMPLATE_BROKEN',
        `Template "${source.key}" (${where}) cannot be rendered${what}: ${tell(error)}`,
        {
          details: { template: source.key, hash: source.hash },
        },
      );
    }
  };
}

const NO_CLOCK = { zone: 'UTC', at: new Date(0) };

function wholeBrand(brand: RenderContext['brand']): RenderContext['brand'] {
  return { ...brand, colors: { ...DEFAULT_COLORS, ...brand?.colors } };
}

/** Blank is missing (Liquid takes an empty text for true), and `lead.name` is the whole name, or nothing. */
function tidyLead(lead: RenderContext['lead']): Record<string, unknown> {
  const entries = Object.entries(lead).map(([key, value]) => [
    key,
    typeof value === 'string' ? value.trim() || null : value,
  ]);
  const tidy: Record<string, unknown> = Object.fromEntries(entries);
  const name = [tidy['firstName'], tidy['lastName']].filter((part) => typeof part === 'string').join(' ');
  return { ...tidy, name: name === '' ? null : name };
}

/** Fixed words only: a message of LiquidJS may quote the value it failed on. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('template render limit')) return 'it takes too long; is there an endless or very long loop?';
  if (message.includes('memory alloc limit')) return 'it makes too much text; is there an endless or very long loop?';
  return 'a filter or tag cannot work with the value it is given';
}

/** What a filter of ours says, which may quote a value. */
function reasonInFull(error: unknown): string {
  const cause = error instanceof LiquidError ? error.originalError : undefined;
  return isAppError(cause) ? cause.message : reasonOf(error);
}

/** A header must be one line: whatever could begin another (or hide text) becomes a space. At most 250 characters. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  // Not through the middle of a surrogate pair.
  return line.slice(0, 250).replace(/[\uD800-\uDBFF]$/, '');
}
