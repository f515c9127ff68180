/** Templates of any size: what is done with one takes time in proportion to its length, whatever it is made of. */
import { describe, expect, it } from 'vitest';
import { textTemplateOf } from '../../src/email/text-part.ts';

/** Milliseconds of computing, the least of a few runs. */
function cost(work: () => unknown): number {
  const runs = Array.from({ length: 3 }, () => {
    const begun = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(begun);
    return (user + system) / 1_000;
  });
  return Math.min(...runs);
}

describe('the text part of a template four times as long takes some four times as long', () => {
  it.each([
    ['outputs that are not closed', '{{ "'],
    ['tags that are not closed', '{% "'],
    ['outputs without quotes that are not closed', '{{ a '],
    ['ends in quotes', '{{"}}"'],
    ['outputs that are all different', '{{ a# }} '],
    ['tags that are all different', '{% if a# %}\n{% endif %}\n'],
  ])('%s', (_name, unit) => {
    const html = (characters: number): string => {
      const units = Math.ceil(characters / unit.length);
      return `<p>${Array.from({ length: units }, (_, n) => unit.replaceAll('#', String(n))).join('')}</p>`;
    };
    const [short, long] = [html(40_000), html(160_000)];
    // In proportion it is 4, by the square 16. What costs next to nothing is not compared.
    const [once, fourTimes] = [cost(() => textTemplateOf(short)), cost(() => textTemplateOf(long))];
    expect(fourTimes / Math.max(once, 20)).toBeLessThan(10);
  });
});

it('Liquid is taken apart as Liquid does it: what stands in quotes is no end, and raw is no Liquid', () => {
  const html = `<p>{{ "}} <b>" }} &amp; {% if a %}x{% endif %} {% raw %}{{ y }}{% endraw %}</p>`;
  expect(textTemplateOf(html)).toBe('{{ "}} <b>" }} & {% if a %}x{% endif %} {% raw %}{{ y }}{% endraw %}');
});
