import { describe, expect, it } from 'vitest';
import { isAppError } from '../../src/domain/errors.ts';
import type { FindPartial } from '../../src/email/partials.ts';
import { makeTemplate } from '../../src/email/read-templates.ts';
import type { TemplateSource } from '../../src/domain/template.ts';

const FRONT = '---\nsubject: Hello\npreheader: There\ntopic: news\nkind: resource\n---\n';
const LAYOUT = '<mjml>\n<mj-body>\n[[content]]\n</mj-body>\n</mjml>\n';
const BUTTON =
  '<mj-section><mj-column>\n<mj-button href="[[href]]" background-color="[[tone|green]]">[[label]]</mj-button>\n</mj-column></mj-section>\n';
const GOOD = '<mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section>';

function make(text: string, parts: Record<string, string> = {}): Promise<TemplateSource> {
  const files: Record<string, string> = { '_layout.mjml': LAYOUT, '_button.mjml': BUTTON, ...parts };
  const find: FindPartial = (path) => {
    const name = path.replace(/^\.\//, '');
    const found = files[name];
    return found === undefined ? undefined : { file: `templates/${name}`, text: found };
  };
  return makeTemplate('test', 'templates/test.mjml', text, find);
}

async function problemOf(text: string, parts: Record<string, string> = {}): Promise<string> {
  try {
    await make(text, parts);
  } catch (error) {
    if (!isAppError(error)) throw error;
    expect(error.code).toBe('PLAYBOOK_INVALID');
    return error.message;
  }
  return 'no problem';
}

describe('a template', () => {
  it('is put into its layout, with parts and their defaults', async () => {
    const { body, spans } = await make(
      `${FRONT}<mj-include path="./_button.mjml" href="https://x.example" label="Go {{ lead.firstName }}" />`,
    );
    expect(body).toContain(
      '<mj-button href="https://x.example" background-color="green">Go {{ lead.firstName }}</mj-button>',
    );
    expect(body).not.toContain('mj-include');
    expect(spans.length).toBeGreaterThan(3);
  });

  it('has a hash of all that can change the email, its parts included', async () => {
    const include = `${FRONT}<mj-include path="_button.mjml" href="https://x.example" label="Go" />`;
    const one = await make(include);
    expect((await make(include)).hash).toBe(one.hash);
    expect((await make(include, { '_button.mjml': BUTTON.replace('green', 'red') })).hash).not.toBe(one.hash);
    expect((await make(include.replace('Hello', 'Goodbye'))).hash).not.toBe(one.hash);
    expect((await make(include, { '_unused.mjml': 'x' })).hash).toBe(one.hash);
  });
});

describe('what is wrong is named with file, line, column and what would be right', () => {
  it.each<[string, string, string]>([
    ['no front matter', GOOD, 'templates/test.mjml:1:1: a template begins with front matter'],
    [
      'a field is missing',
      `---\nsubject: a\npreheader: b\ntopic: c\n---\n${GOOD}`,
      'templates/test.mjml:5:1: the front matter lacks "kind"',
    ],
    [
      'an unknown kind',
      FRONT.replace('resource', 'newsletter') + GOOD,
      'templates/test.mjml:5:7: "newsletter" is not a kind; use one of resource, invitation, offer, news, transactional',
    ],
    ['an unknown field', FRONT.replace('topic', 'topik') + GOOD, 'templates/test.mjml:4:1: "topik" is not a field'],
    [
      'a field that is no text',
      FRONT.replace('Hello', '[1]') + GOOD,
      'templates/test.mjml:2:1: "subject" must be a text',
    ],
    [
      'YAML that is none',
      FRONT.replace('Hello', 'a: b: c') + GOOD,
      'templates/test.mjml:2:10: this is not valid YAML: Nested mappings are not allowed in compact mappings; put',
    ],
    [
      'YAML nested too deeply',
      FRONT.replace('subject', `${'- '.repeat(5_000)}\nsubject`) + GOOD,
      'templates/test.mjml:2:1: this is not valid YAML: Maximum call stack size exceeded',
    ],
    [
      'elements nested without end',
      FRONT + GOOD.replace('Hi', `${'<b>'.repeat(3_000)}Hi${'</b>'.repeat(3_000)}`),
      'elements are nested more than 500 deep; close each <b>',
    ],
    [
      'Liquid in the subject',
      FRONT.replace('Hello', '"Hi {{ name | shout }}"') + GOOD,
      'templates/test.mjml:2:14: undefined filter: shout',
    ],
    [
      'Liquid that is not closed',
      `${FRONT}<mj-section><mj-column>\n<mj-text>a {% if x %} b</mj-text></mj-column></mj-section>`,
      'templates/test.mjml:8:12: tag {% if x %} not closed',
    ],
    [
      'an unknown filter',
      `${FRONT}<mj-section><mj-column>\n  <mj-text>{{ x | shout }}</mj-text></mj-column></mj-section>`,
      'templates/test.mjml:8:12: undefined filter: shout',
    ],
    ['a tag that reads files', FRONT + GOOD.replace('Hi', "{% include 'x' %}"), 'tag "include" not found'],
    [
      'an unknown attribute',
      `${FRONT}<mj-section>\n  <mj-column>\n    <mj-text hue="red">x</mj-text></mj-column></mj-section>`,
      'templates/test.mjml:9:5: Attribute hue is illegal',
    ],
    [
      'an element in the wrong place',
      `${FRONT}<mj-text>x</mj-text>`,
      'templates/test.mjml:7:1: mj-text cannot be used inside mj-body',
    ],
    [
      'an unknown element',
      `${FRONT}<mj-section><mj-column>\n<mj-txt>x</mj-txt></mj-column></mj-section>`,
      'templates/test.mjml:8:1: ',
    ],
    [
      'an element that is not closed',
      `${FRONT}<mj-section><mj-column>\n<mj-text>x</mj-column></mj-section>`,
      'templates/test.mjml:8:1: <mj-text> is not closed',
    ],
    [
      'text that MJML would drop',
      `${FRONT}<mj-section><mj-column>\n  {% if x %}<mj-text>x</mj-text>{% endif %}</mj-column></mj-section>`,
      'templates/test.mjml:8:3: text directly in <mj-column> would be lost; put a Liquid tag into <mj-raw>',
    ],
    [
      'an unknown part',
      `${FRONT}\n <mj-include path="./_nothing.mjml" />`,
      'templates/test.mjml:8:2: there is no part "./_nothing.mjml"',
    ],
    [
      'a part without a value',
      `${FRONT}<mj-include path="_button.mjml" label="Go" />`,
      'templates/_button.mjml:2:18: [[href]] has no value: give href="…" to the <mj-include> (used at templates/test.mjml:7:1)',
    ],
    [
      'a part with a value too many',
      `${FRONT}<mj-include path="_button.mjml" label="Go" href="x" size="3" />`,
      'this part has no [[size]], but the attribute "size" was given (used at templates/test.mjml:7:1)',
    ],
    [
      'an unknown layout',
      FRONT.replace('kind:', 'layout: _other.mjml\nkind:') + GOOD,
      'templates/test.mjml:5:9: there is no layout "_other.mjml"',
    ],
  ])('%s', async (_name, text, expected) => {
    expect(await problemOf(text)).toContain(expected);
  });

  it('in a part: the part is named', async () => {
    const parts = {
      '_button.mjml': '<mj-section><mj-column>\n\n<mj-text hue="red">[[label]]</mj-text></mj-column></mj-section>',
    };
    expect(await problemOf(`${FRONT}<mj-include path="_button.mjml" label="Go" />`, parts)).toContain(
      'templates/_button.mjml:3:1: Attribute hue',
    );
  });

  it('parts in a circle', async () => {
    const parts = { '_a.mjml': '<mj-include path="_b.mjml" />', '_b.mjml': '<mj-include path="_a.mjml" />' };
    expect(await problemOf(`${FRONT}<mj-include path="_a.mjml" />`, parts)).toContain('include itself');
  });

  it('a name that cannot be a key', async () => {
    await expect(
      makeTemplate('Hello World', 'templates/Hello World.mjml', FRONT + GOOD, () => undefined),
    ).rejects.toThrow(/small letters/);
  });
});
