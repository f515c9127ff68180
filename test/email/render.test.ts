import { Parser } from 'htmlparser2';
import { beforeAll, describe, expect, it } from 'vitest';
import { isAppError } from '../../src/domain/errors.ts';
import { compileTemplate } from '../../src/email/compile.ts';
import { addressesFor, render, type RenderedEmail } from '../../src/email/render.ts';
import type { RenderContext } from '../../src/email/render-context.ts';
import { loadTemplates, makeTemplate } from '../../src/email/read-templates.ts';
import type { TemplateSource } from '../../src/domain/template.ts';
import { parseTemplate, storedTemplate } from '../../src/store/stored/template.ts';
import { emptyContext, fullContext, hostileContext } from './fixtures.ts';

const FRONT = 'subject: "Hi {{ lead.firstName }}"\npreheader: For {{ lead.company }}\ntopic: news\nkind: resource\n';
const tracking = {
  links: ['https://t.example/c/1', 'https://t.example/c/2', 'https://t.example/c/3'],
  pixel: 'https://t.example/o/x.gif',
};

function whole(body: string, front = FRONT): Promise<TemplateSource> {
  const mjml = `<mjml><mj-body><mj-section><mj-column>${body}</mj-column></mj-section></mj-body></mjml>`;
  return makeTemplate('test', 'templates/test.mjml', `---\n${front}---\n${mjml}\n`, () => undefined);
}

async function rendered(body: string, context: RenderContext = fullContext, front = FRONT): Promise<RenderedEmail> {
  return render(await compileTemplate(await whole(body, front)), context);
}

/** The names of all elements and attributes of a document. */
function markup(html: string): Set<string> {
  const names = new Set<string>();
  new Parser({
    onopentag: (name, attributes) => [name, ...Object.keys(attributes)].forEach((found) => names.add(found)),
  }).end(html);
  return names;
}

/** Their only link leads to the campaign. */
const OF_CAMPAIGN = new Set(['webinar-confirmation', 'webinar-day-before', 'webinar-hour-before', 'webinar-recording']);

describe('values', () => {
  it('are escaped in HTML, in text and in attributes, and as they are in subject and text', async () => {
    const email = await rendered(
      '<mj-text><a href="https://x.example/?n={{ lead.lastName }}">{{ lead.firstName }}</a></mj-text>',
      hostileContext,
    );
    expect(email.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(markup(email.html)).not.toContain('script');
    expect(markup(email.html)).not.toContain('onerror');
    expect(email.subject).toBe('Hi <script>alert(1)</script>');
    expect(email.text).toContain('<script>alert(1)</script>');
    expect(email.preheader).toBe('For {{ sender.name }} & "sons"');
  });

  it('cannot be put out unescaped', async () => {
    await expect(whole('<mj-text>{{ lead.firstName | raw }}</mj-text>')).rejects.toThrow(/undefined filter: raw/);
  });

  it('cannot add a header to the subject', async () => {
    const lead = { firstName: 'Ada\r\nBcc: all@x.example\u2028\u0000 and \t more' };
    const { subject } = await rendered('<mj-text>x</mj-text>', { ...fullContext, lead });
    expect(subject).toBe('Hi Ada Bcc: all@x.example and more');
  });

  it('are nothing when unknown or blank, and filters give a fallback', async () => {
    const body =
      "<mj-text>[{{ lead.firstName | default: 'there' }}] [{{ nobody.knows.this }}] [{% if lead.company %}in{% endif %}]</mj-text>";
    const { html } = await rendered(body, { ...emptyContext, lead: { firstName: '  ', company: '' } });
    expect(html).toContain('[there] [] []');
  });

  it('are read as own properties only', async () => {
    const { html } = await rendered(
      '<mj-text>[{{ lead.constructor.name }}] [{{ lead.firstName.constructor }}]</mj-text>',
    );
    expect(html).toContain('[] []');
  });
});

describe('the text part', () => {
  it('has its links in readable form and lines of at most 78 characters', async () => {
    const { text } = await rendered(
      `<mj-text>${'word '.repeat(60)}</mj-text><mj-button href="https://x.example/a?b=1&amp;c=2">Go</mj-button>`,
    );
    expect(text).toContain('Go <https://x.example/a?b=1&c=2>');
    expect(text.split('\n').every((line) => line.length <= 78)).toBe(true);
  });

  it('has the cells of a table apart, those of its head too', async () => {
    const rows = '<tr><th>Name</th><th>Price</th></tr><tr><td>Pipe</td><td>2</td></tr>';
    expect((await rendered(`<mj-table>${rows}</mj-table>`)).text).toContain('Name  Price\nPipe  2');
  });

  it('has the texts in Liquid as they are written, also such as look like elements or entities', async () => {
    const { text, html } = await rendered(
      `<mj-text>[{{ lead.none | default: '<b>' }}] [{{ "a &amp; b   c" }}] {% if 1 < 2 %}[{{ '{% x' }}]{% endif %}</mj-text>
       <mj-text>{% assign sign = "}}" %}</mj-text><mj-text>[{{ sign }}{{ "%}" }}]</mj-text>`,
    );
    expect(text).toBe('[<b>] [a &amp; b   c] [{% x]\n[}}%}]\n');
    expect(html).toContain('[&lt;b&gt;] [a &amp;amp; b   c] [{% x]');
  });

  it('can be written by hand, and is tracked all the same', async () => {
    const source = await whole(
      '<mj-button href="https://x.example/a">Go</mj-button>',
      `${FRONT}text: "Go to https://x.example/a, or https://x.example/b."\n`,
    );
    const compiled = await compileTemplate(source);
    expect(compiled.links.map(({ url }) => url)).toEqual(['https://x.example/a', 'https://x.example/b']);
    expect(render(compiled, fullContext).text).toBe('Go to https://x.example/a, or https://x.example/b.\n');
    expect(render(compiled, fullContext, tracking).text).toBe(
      'Go to https://t.example/c/1, or https://t.example/c/2.\n',
    );
  });
});

describe('the brand', () => {
  const body =
    '<mj-button href="https://x.example/a" background-color="{{ brand.colors.accent }}">Go</mj-button><mj-text color="{{ brand.colors.text }}">{% if brand.logo %}<img src="{{ brand.logo.url }}" alt="Logo" />{% endif %}</mj-text>';

  it('gives colors and a logo, also in attributes; what it leaves out is the default', async () => {
    const source = await whole(body);
    const compiled = await compileTemplate(source);
    const brand = { logo: { url: 'https://x.example/l.png', width: 80 }, colors: { accent: '#aa0000' } };
    const { html } = render(compiled, { ...fullContext, brand });
    expect(html).toContain('bgcolor="#aa0000"');
    expect(html).toContain('color:#33413a');
    expect(html).toContain('src="https://x.example/l.png"');
    const plain = render(compiled, fullContext).html;
    expect(plain).toContain('bgcolor="#1d6b45"');
    expect(plain).not.toContain('<img src');
    expect(plain).not.toContain('brand');
  });
});

describe('links with values of the lead', () => {
  const body = [
    '<mj-text>{% assign site = lead.attributes.site %}<a href="{{ site }}">yours</a> <a href="{{ lead.attributes.none | default: \'https://x.example/none\' }}">d</a>',
    '{% for id in lead.attributes.ids %}<a href="https://x.example/i?id={{ id }}&amp;c={{ lead.company }}">{{ id }}</a>{% endfor %}',
    '<a href="mailto:a@x.example?subject={{ lead.company | url_encode }}">mail</a></mj-text>',
  ].join('');
  const lead = { company: 'Vines & Sons', attributes: { site: 'https://own.example/a?b=1&c=2', ids: ['1', '2'] } };
  const addresses = [
    'https://own.example/a?b=1&c=2',
    'https://x.example/none',
    'https://x.example/i?id=1&c=Vines%20%26%20Sons',
    'https://x.example/i?id=2&c=Vines%20%26%20Sons',
  ];

  it('are those of this lead, in loops too, and lead there without tracking', async () => {
    const compiled = await compileTemplate(await whole(body));
    expect(addressesFor(compiled, { ...fullContext, lead })).toEqual(addresses);
    const { html, text } = render(compiled, { ...fullContext, lead });
    expect(html).toContain('href="https://own.example/a?b=1&amp;c=2"');
    expect(html).toContain('href="mailto:a@x.example?subject=Vines%20%26%20Sons"');
    for (const address of addresses) expect(text).toContain(`<${address}>`);
  });

  it('that lead nowhere leave their words, and no empty brackets in the text part', async () => {
    const links = ['', ' rel="notrack"'].map((rel) => `<a${rel} href="{{ lead.attributes.site }}">yours</a>`);
    const compiled = await compileTemplate(await whole(`<mj-text>See ${links.join(', ')}.</mj-text>`));
    const hostile = { attributes: { site: 'javascript:alert(1)' } };
    expect(addressesFor(compiled, { ...fullContext, lead: hostile })).toEqual([]);
    const { html, text } = render(compiled, { ...fullContext, lead: hostile }, tracking);
    expect(text).toContain('See yours, yours.');
    expect(html).not.toContain('javascript:');
    // An empty address would open the page that the mail stands on.
    expect(html).toMatch(/See <a\s*>yours<\/a>, <a rel="notrack"\s*>yours<\/a>\./);
    const known = render(compiled, { ...fullContext, lead: { attributes: { site: 'https://own.example/' } } });
    expect(known.html).toContain('<a href="https://own.example/">yours</a>');
  });

  it('are each tracked by an address of its own', async () => {
    const compiled = await compileTemplate(await whole(body));
    const own = new Map(addresses.map((address, n) => [address, `https://t.example/c/own-${n}`]));
    const { html, text } = render(compiled, { ...fullContext, lead }, { ...tracking, own });
    for (const address of own.values()) {
      expect(html).toContain(`href="${address}"`);
      expect(text).toContain(`<${address}>`);
    }
    expect(html).not.toContain('own.example');
  });
});

describe('a template that never ends', () => {
  it.each([
    '{% for i in (1..9999999) %}x{% endfor %}',
    '{% for i in (1..3000) %}{% for j in (1..3000) %}{% for k in (1..3000) %}{{ i | times: j | plus: k }}{% endfor %}{% endfor %}{% endfor %}',
  ])('is stopped, with the line and without the lead: %s', async (loop) => {
    const compiled = await compileTemplate(await whole(`<mj-text>\n\n${loop}</mj-text>`));
    try {
      render(compiled, fullContext);
      expect.unreachable();
    } catch (error) {
      if (!isAppError(error)) throw error;
      expect(error.code).toBe('TEMPLATE_BROKEN');
      expect(error.message).toMatch(/Template "test" \(templates\/test\.mjml:9:\d+\).*loop/);
      expect(JSON.stringify([error.message, error.details])).not.toMatch(/Ada|Byron/);
      expect(error.cause).toBeUndefined();
    }
  });
});

describe('a process that stands still while it renders', () => {
  it('renders the template all the same: only what is computed counts', async () => {
    const cell = new Int32Array(new SharedArrayBuffer(4));
    let stops = 0;
    const sender = {
      ...fullContext.sender,
      get companyName() {
        if (stops === 0) Atomics.wait(cell, 0, 0, 1_100);
        stops += 1;
        return 'Brookfield';
      },
    };
    const body = '<mj-text>{{ sender.companyName }}{% if lead.firstName %}, {{ lead.firstName }}{% endif %}</mj-text>';
    expect((await rendered(body, { ...fullContext, sender })).html).toContain('Brookfield, Ada');
    expect(stops).toBeGreaterThan(0);
  });
});

describe('a stored template', () => {
  it('renders without the files, the same', async () => {
    const [source] = await loadTemplates('templates');
    if (source === undefined) throw new Error('no templates');
    const stored = parseTemplate(JSON.parse(JSON.stringify(storedTemplate(source))));
    expect(stored).toEqual(source);
    expect(() => parseTemplate({ key: 'x' })).toThrow(/cannot be read/);
  });
});

describe('the sample templates', () => {
  let sources: TemplateSource[] = [];
  beforeAll(async () => {
    sources = await loadTemplates('templates');
  });

  it('are all there', () => {
    const kinds = Object.fromEntries(sources.map(({ key, kind }) => [key, kind]));
    expect(kinds).toEqual({
      'customer-first-week': 'resource',
      'customer-review': 'invitation',
      'customer-welcome': 'resource',
      'ebook-case-study': 'resource',
      'ebook-checklist': 'resource',
      'ebook-consultation-offer': 'offer',
      'ebook-last-word': 'resource',
      'ebook-welcome': 'resource',
      news: 'news',
      'recycled-hello-again': 'resource',
      'recycled-news': 'resource',
      'recycled-open-door': 'invitation',
      'rep-brief': 'transactional',
      'rep-hand-over': 'transactional',
      'rep-late': 'transactional',
      'rep-reminder': 'transactional',
      'rep-reply': 'transactional',
      'rep-request-added': 'transactional',
      'rep-task': 'transactional',
      'show-exclusive-offer': 'offer',
      'show-material': 'resource',
      'show-offer-reminder': 'offer',
      'show-thank-you': 'resource',
      'webinar-confirmation': 'resource',
      'webinar-day-before': 'resource',
      'webinar-hour-before': 'resource',
      'webinar-invitation': 'invitation',
      'webinar-last-call': 'invitation',
      'webinar-recording': 'resource',
    });
  });

  it.each(['empty', 'full', 'hostile'] as const)('render with a lead that is %s', async (which) => {
    const context = { empty: emptyContext, full: fullContext, hostile: hostileContext }[which];
    for (const source of sources) {
      const email = render(await compileTemplate(source), context, tracking);
      const parts = [email.subject, email.preheader, email.html, email.text];
      expect(
        parts.every((part) => part.trim() !== ''),
        source.key,
      ).toBe(true);
      for (const part of which === 'hostile' ? [] : parts)
        expect(part, source.key).not.toMatch(/\{\{|\}\}|\{%|%\}|\[\[|undefined|null|__links/);
      expect(email.subject, source.key).not.toMatch(/\s{2}|^\s|[,:]\s*$/);
      expect(email.html.length, source.key).toBeLessThan(100_000);
      // Nothing is loaded but the pixel: no fonts, no pictures of others.
      expect(email.html.match(/(?:src|@import|url\()[=\s"']*https?:[^"']*/g), source.key).toEqual([
        `src="${tracking.pixel}`,
      ]);
      expect(markup(email.html), source.key).not.toContain('onerror');
      expect(markup(email.html), source.key).not.toContain('script');
      // It is about several leads, and leads to none of them.
      if (source.key === 'rep-task' || source.key === 'rep-hand-over') continue;
      if (source.kind === 'transactional') {
        expect(email.html, source.key).toContain(context.links.decision);
        expect(email.text, source.key).toContain(context.links.decision);
      } else {
        for (const part of [email.html, email.text]) {
          expect(part, source.key).toContain(context.links.unsubscribe);
          expect(part, source.key).toContain(context.sender.postalAddress);
          // The address of a campaign is no part of the template, so it is not tracked.
          if (OF_CAMPAIGN.has(source.key)) {
            expect(part, source.key).toContain('https://brookfield.example/webinars');
            continue;
          }
          expect(part, source.key).toContain('https://t.example/c/1');
          expect(part, source.key).not.toContain('https://brookfield.example/');
        }
      }
    }
  });

  it('say at the foot of a mail to a rep where its button leads', async () => {
    const list = [{ lead: 'Eve', company: null, stage: 'assigned', due: 'today 15:00', planned: null }];
    const handOver = { count: 1, from: ['Ada'], notes: [], list };
    const tasks = { count: 1, list: [] };
    const footOf = async (key: string, more: Partial<typeof fullContext>): Promise<string> => {
      const source = sources.find((one) => one.key === key);
      if (source === undefined) throw new Error(`no template ${key}`);
      const { text } = render(await compileTemplate(source), { ...fullContext, ...more }, tracking);
      return text.replaceAll(/\s+/g, ' ').slice(text.lastIndexOf('You get this email') - 40);
    };
    const several = await footOf('rep-hand-over', { handOver });
    expect(several).toContain('opens your desk, where you sign in');
    const [reminded, brief] = [await footOf('rep-task', { tasks }), await footOf('rep-brief', {})];
    expect(reminded).toContain('They stand on your desk');
    for (const foot of [several, reminded]) expect(foot).not.toContain('personal page');
    expect(brief).toContain('opens your personal page, so please do not forward');
  });

  it('have one hash for one content, and another for another', async () => {
    const again = await loadTemplates('templates');
    expect(again.map(({ hash }) => hash)).toEqual(sources.map(({ hash }) => hash));
    expect(new Set(sources.map(({ hash }) => hash)).size).toBe(sources.length);
  });
});
