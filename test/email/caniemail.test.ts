/** The HTML of every sample mail against caniemail.com's data: what a mail program does not know is among what it may do without. */
import { caniemail } from 'caniemail';
import { expect, test } from 'vitest';
import { inEachLanguage } from '../../src/domain/template.ts';
import { clientFindings, CLIENTS, DONE_WITHOUT } from '../../src/email/client-support.ts';
import { compileTemplate } from '../../src/email/compile.ts';
import { loadTemplates } from '../../src/email/read-templates.ts';
import { render } from '../../src/email/render.ts';
import { fullContext } from './fixtures.ts';

test('what an author writes and a mail program does not know is told at its place, once', async () => {
  const body = `<mjml><mj-head><mj-style>
  .card { color: {{ lead.attributes.color }};
    display: flex; }
</mj-style></mj-head><mj-body><mj-section><mj-column><mj-text>
<div style="position: absolute">One</div><p style="position: absolute; color: red">Two</p>
</mj-text></mj-column></mj-section></mj-body></mjml>`;
  const [sample] = await loadTemplates('templates');
  if (sample === undefined) throw new Error('no sample');
  const spans = [{ at: 0, file: 'templates/own.mjml', line: 1, column: 1 }];
  const found = await clientFindings({ ...sample, body, spans });
  expect(found.map(({ place: { line, column } }) => `${line}:${column}`)).toEqual(['3:5', '5:1']);
  expect(found[0]?.message).toMatch(/^"display:flex" does nothing in Outlook \(windows, windows-mail\); /);
  expect(found[1]?.message).toMatch(/^"position" does nothing in .*Gmail/);
});

test('the samples say nothing that validate would warn of', async () => {
  const sources = (await loadTemplates('templates')).flatMap(inEachLanguage);
  expect((await Promise.all(sources.map(clientFindings))).flat()).toEqual([]);
});

test('every sample mail, in each of its languages', async () => {
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
