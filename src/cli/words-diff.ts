/** What changes in the words of mails, for a terminal: `[-what goes-]{+what comes+}`, in red and green where there are colors. */
import type { Piece, TextChange } from '../playbook/text-diff.ts';
import type { PartChange, WordsChange } from '../playbook/words-diff.ts';
import { colorsFor } from './colors.ts';

export function wordsDiffText(words: readonly WordsChange[]): string[] {
  return words.flatMap(({ templates, leads, parts }) => {
    const files = templates.map((key) => `templates/${key}.mjml`).join(', ');
    const whose = leads === null ? '' : `, for leads in revision ${leads.revision} of ${leads.cadence}`;
    const head = `  ${files}${whose}`;
    return parts.length === 0 ? [`${head}: looks different, says the same`] : [head, ...parts.flatMap(partText)];
  });
}

function partText({ part, changes }: PartChange): string[] {
  return [`    ${part}`, ...changes.flatMap(changeText).map((line) => `      ${line}`)];
}

function changeText({ before, after, words }: TextChange): string[] {
  if (keptShare(words) >= 0.4) return words.map(pieceText).join('').split('\n');
  return [...(before === '' ? [] : whole('removed', before)), ...(after === '' ? [] : whole('added', after))];
}

/** How much of a paragraph stays. Where it is little, old and new are read more easily one after the other. */
function keptShare(words: readonly Piece[]): number {
  const length = (wanted: Piece['change'][]): number =>
    words.filter(({ change }) => wanted.includes(change)).reduce((sum, { text }) => sum + text.length, 0);
  return length(['same']) / Math.max(length(['same', 'removed']), length(['same', 'added']), 1);
}

function pieceText({ change, text }: Piece, n: number, all: readonly Piece[]): string {
  if (change === 'same') return shortened(text, { isFirst: n === 0, isLast: n === all.length - 1 });
  const colors = colorsFor(process.stdout);
  return change === 'removed' ? colors.red(`[-${text}-]`) : colors.green(`{+${text}+}`);
}

function whole(change: 'removed' | 'added', text: string): string[] {
  const colors = colorsFor(process.stdout);
  const paint = change === 'removed' ? colors.red : colors.green;
  return text.split('\n').map((line) => paint(`${change === 'removed' ? '-' : '+'} ${line}`));
}

/** Characters of what stays that are shown beside a change. */
const CONTEXT = 45;

/** What stays, without its middle, or without the end that is away from any change. */
function shortened(text: string, { isFirst, isLast }: { isFirst: boolean; isLast: boolean }): string {
  if (text.length <= (isFirst || isLast ? 1 : 2) * CONTEXT) return text;
  const head = isFirst ? '' : text.slice(0, CONTEXT).replace(/\S*$/, '');
  const tail = isLast ? '' : text.slice(-CONTEXT).replace(/^\S*/, '');
  return `${head}…${tail}`;
}
