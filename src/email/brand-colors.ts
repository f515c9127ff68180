/** Colors of the brand in MJML, which takes colors only: they stand in for the variables while it compiles. */
import { COLOR_NAMES, type Colors } from '../domain/brand.ts';

/** `{{ brand.colors.accent }}` */
const VARIABLE = /\{\{-?\s*brand\.colors\.(\w+)\s*-?\}\}/g;

/** `mjml` with a color for each variable, and what puts the variables back into the compiled HTML. */
export function withStandIns(mjml: string): { mjml: string; putBack(html: string): string } {
  const standIns = colorsNotIn(mjml.toLowerCase());
  return {
    mjml: mjml.replaceAll(VARIABLE, (variable, name: string) => standIns.get(name as keyof Colors) ?? variable),
    putBack: (html) =>
      [...standIns].reduce((all, [name, color]) => all.replaceAll(color, `{{ brand.colors.${name} }}`), html),
  };
}

function colorsNotIn(mjml: string): Map<keyof Colors, string> {
  let next = 0x9e_37_a1;
  const color = (): string => `#${(next++).toString(16)}`;
  return new Map(
    COLOR_NAMES.map((name) => {
      let standIn = color();
      while (mjml.includes(standIn)) standIn = color();
      return [name, standIn];
    }),
  );
}
