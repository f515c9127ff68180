/** The HTML of every sample mail against caniemail.com's data: what a mail program does not know is among what it may do without. */
import { caniemail } from 'caniemail';
import { expect, test } from 'vitest';
import { inEachLanguage } from '../../src/domain/template.ts';
import { compileTemplate } from '../../src/email/compile.ts';
import { loadTemplates } from '../../src/email/read-templates.ts';
import { render } from '../../src/email/render.ts';
import { fullContext } from './fixtures.ts';

/** Those of which caniemail knows all that the samples use. */
const CLIENTS = [
  'aol.desktop-webmail',
  'apple-mail.ios',
  'apple-mail.macos',
  'gmail.android',
  'gmail.desktop-webmail',
  'gmail.ios',
  'gmail.mobile-webmail',
  'outlook.android',
  'outlook.ios',
  'outlook.macos',
  'outlook.outlook-com',
  'outlook.windows',
  'outlook.windows-mail',
  'protonmail.desktop-webmail',
  'samsung-email.android',
  'yahoo.android',
  'yahoo.desktop-webmail',
  'yahoo.ios',
] as const;

/** Without it the mail reads as well: by feature, what happens instead. */
const DONE_WITHOUT: Readonly<Record<string, string>> = {
  '<body> element': 'it becomes a <div>; the ground has its color from the element inside it',
  '<style> element':
    'the layout for a wide screen is written on the elements, the narrow one and dark colors are left out',
  '@media': 'the layout for a wide screen stays on a phone; light colors stay',
  'Attribute selector': 'links that Gmail makes of dates keep their color',
  'Chaining selectors': 'dark colors are left out',
  'Class selector': 'dark colors are left out',
  'Descendant combinator': 'dark colors are left out',
  'ID selector': 'margins of a reset are left out',
  'Type selector': 'margins of a reset are left out',
  'aria-label attribute': 'a screen reader says the subject',
  'border-radius': 'corners are square',
  'color-scheme CSS property': 'the program chooses dark colors itself',
  'color-scheme meta tag': 'the program chooses dark colors itself',
  cursor: 'the pointer is the usual one',
  'display:none': 'the preheader is tiny and of the color of its ground',
  'height property': 'a spacer has its height by its line',
  'max-height property': 'the preheader is hidden by display:none',
  opacity: 'the preheader is hidden by display:none',
  outline: 'pictures have no outline anyway',
  overflow: 'the preheader is hidden by display:none',
  'role attribute': 'a screen reader tells of tables',
  'table-layout': 'columns have widths',
  'target attribute': 'a link opens where links open',
  'white-space': 'words wrap as usual',
  'word-break': 'a long word is wider than its column',
  'word-spacing': 'the usual',
};

test('every sample mail, in each of its languages', { timeout: 120_000 }, async () => {
  const found = new Map<string, string>();
  for (const source of (await loadTemplates('templates')).flatMap(inEachLanguage)) {
    const { html } = render(await compileTemplate(source), fullContext);
    const { issues } = caniemail({ clients: [...CLIENTS], html });
    for (const [client, errors] of issues.errors)
      for (const { title } of errors)
        if (DONE_WITHOUT[title] === undefined) found.set(`${client}: ${title}`, source.key);
  }
  expect([...found].map(([what, key]) => `${what} (${key})`)).toEqual([]);
});
