import { Context, Liquid, type Template } from 'liquidjs';

type RenderOptions = Parameters<Liquid['_render']>[2];

/**
 * Liquid whose `renderLimit` is milliseconds of computing, not of the clock: where the whole process stands still for a second, as on a
 * busy machine, a template is as sound as before.
 */
export class BoundedLiquid extends Liquid {
  override _render(
    templates: Template[],
    scope: Context | object | undefined,
    options: RenderOptions,
  ): IterableIterator<unknown> {
    const context = scope instanceof Context ? scope : new Context(scope, this.options, options, { liquid: this });
    countComputing(context.renderLimit, this.options.renderLimit);
    return this.renderer.renderTemplates(templates, context);
  }
}

/** What was computed is looked up only once the clock says that it may be too much. */
function countComputing(limit: Context['renderLimit'], mostMs: number): void {
  const fail = limit.check.bind(limit, Infinity);
  const begun = process.threadCpuUsage();
  let lookAtMs = performance.now() + mostMs;
  limit.check = (nowMs) => {
    if (nowMs < lookAtMs) return;
    const { user, system } = process.threadCpuUsage(begun);
    const leftMs = mostMs - (user + system) / 1_000;
    if (leftMs <= 0) fail();
    lookAtMs = nowMs + leftMs;
  };
}
