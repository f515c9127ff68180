/** A mistake as a compiler shows it: the place, the line, and under it what is meant and what was expected. */
import type { PlaybookMistake } from '../language/problems.ts';
import { colorsFor } from './colors.ts';

export function mistakeText(mistake: PlaybookMistake, kind: 'mistake' | 'warning' | 'failed'): string {
  const colors = colorsFor(process.stdout);
  const paint = kind === 'warning' ? colors.yellow : colors.red;
  const { file, line, column, place, message, excerpt } = mistake;
  const head = `${paint(`${kind}:`)} ${colors.bold(`${file}:${line}:${column}`)}${place === '' ? '' : `  ${place}`}`;
  if (excerpt === null) return `${head}\n  ${paint(message)}`;
  const number = String(line);
  const margin = ' '.repeat(number.length);
  // What stands before the caret keeps its tabs, so that the caret is below what it points to.
  const before = excerpt.text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  return [
    head,
    colors.dim(`  ${number} | `) + excerpt.text,
    colors.dim(`  ${margin} | `) + before + paint(`${'^'.repeat(excerpt.length)} ${message}`),
  ].join('\n');
}
