/** What the plan shows of changed words. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wordsDiffText } from '../../src/cli/words-diff.ts';
import { textChanges, type TextChange } from '../../src/playbook/text-diff.ts';

const inTerminal = (changes: TextChange[]): string[] =>
  wordsDiffText([{ templates: ['news'], leads: null, parts: [{ part: 'text', changes }] }])
    .slice(2)
    .map((line) => line.trim());

describe('what changes in a text', () => {
  test('a typo is shown with the words around it', () => {
    const long =
      'Thank you for asking for our guide. It is 24 pages, written by growers, it has no sales talk in it, and you can start anywhere.';
    const [change, ...more] = textChanges(`Hello,\n${long}\nBye`, `Hello,\n${long.replace('sales', 'selling')}\nBye`);
    expect(more).toEqual([]);
    expect(change).toMatchObject({ before: long, after: long.replace('sales', 'selling') });
    expect(inTerminal(change === undefined ? [] : [change])).toEqual([
      '… is 24 pages, written by growers, it has no [-sales-]{+selling+} talk in it, and you can start anywhere.',
    ]);
  });

  test('a paragraph that is new, gone or written anew is shown whole', () => {
    expect(inTerminal(textChanges('One.\nTwo.', 'One.\nTwo.\nThree more.'))).toEqual(['+ Three more.']);
    expect(inTerminal(textChanges('One.\nTwo.', 'Two.'))).toEqual(['- One.']);
    expect(inTerminal(textChanges('The pump is here', 'We close on Monday'))).toEqual([
      '- The pump is here',
      '+ We close on Monday',
    ]);
  });

  test('the changes of any two texts lead from the one to the other', () => {
    const text = fc
      .array(fc.constantFrom('the pump', 'is here', 'see {{ lead.company }}', 'today,', 'Ünäl'), { maxLength: 6 })
      .map((words) => words.join(' '));
    // Whether the last line ends with a newline is no change.
    const withoutEnd = (whole: string): string => whole.replace(/\n$/, '');
    const texts = fc.uniqueArray(text, { minLength: 1, maxLength: 5 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const changes = textChanges(before, after);
        expect(changes.length === 0).toBe(withoutEnd(before) === withoutEnd(after));
        for (const one of changes) {
          const side = (gone: string): string =>
            one.words.flatMap(({ change, text: piece }) => (change === gone ? [] : [piece])).join('');
          expect([side('added'), side('removed')]).toEqual([one.before, one.after]);
        }
      }),
    );
  });
});
