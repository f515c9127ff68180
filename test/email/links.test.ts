import { describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { withUtm } from '../../src/domain/utm.ts';
import { addressOf, isPage, markedValue } from '../../src/email/addresses.ts';
import {
  addressesOf,
  instrument,
  instrumentText,
  type Links,
  rewriteLinks,
  trackingFor,
} from '../../src/email/links.ts';
import { createTokens } from '../../src/crypto/tokens.ts';

function urlsOf({ fixed, variable }: Links): object {
  return { fixed: fixed.map(({ url }) => url), variable: variable.map(({ url }) => url) };
}

describe('instrument', () => {
  it('collects web addresses in order, each once, fixed and variable apart, and leaves all others alone', () => {
    const html = [
      '<body>',
      '<a href="https://x.example/b?a=1&amp;b=2">one</a>',
      "<A class='k' HREF='https://x.example/a'>two</A>",
      '<a href="https://x.example/b?a=1&b=2" target="_blank">again</a>',
      '<a href="mailto:a@x.example">m</a><a href="tel:+49">t</a><a href="#top">top</a>',
      '<a href="{{ links.unsubscribe }}">u</a><a href="https://{{ lead.attributes.site }}/x">d</a>',
      '<a href="{{ campaign.url }}">c</a><a href="{% if links.viewInBrowser %}{{ links.viewInBrowser }}{% endif %}">v</a>',
      '<!-- <a href="https://x.example/comment">no</a> -->',
      '</body>',
    ].join('\n');
    const { html: tracked, readable, links } = instrument(html);
    expect(urlsOf(links)).toEqual({
      fixed: ['https://x.example/b?a=1&b=2', 'https://x.example/a'],
      variable: ['https://{{ lead.attributes.site }}/x', '{{ campaign.url }}'],
    });
    expect(readable).toBe(
      html
        .replace('https://x.example/b?a=1&amp;b=2', '{{ __links[0] }}')
        .replace("HREF='https://x.example/a'", 'href="{{ __links[1] }}"')
        .replace('https://x.example/b?a=1&b=2', '{{ __links[0] }}')
        .replace('https://{{ lead.attributes.site }}/x', '{% __address 0 %}')
        .replace('{{ campaign.url }}', '{% __address 1 %}'),
    );
    expect(tracked).toContain('<img src="{{ __pixel }}" width="1" height="1" alt="">{% endif %}</body>');
    expect(readable).not.toContain('__pixel');
  });

  it('finds what Outlook alone shows, in conditional comments', () => {
    const html =
      '<!--[if mso]><v:roundrect href="https://x.example/a"><![endif]--><!--[if !mso]><!--><a href="https://x.example/a">' +
      'a</a><!--<![endif]--><!--[if (gte mso 9)|(IE)]>\n<a href="https://x.example/{{ lead.company }}">b</a>\n<![endif]-->';
    const { readable, links } = instrument(html);
    expect(urlsOf(links)).toEqual({
      fixed: ['https://x.example/a'],
      variable: ['https://x.example/{{ lead.company }}'],
    });
    expect(readable).toBe(
      html
        .replaceAll('https://x.example/a', '{{ __links[0] }}')
        .replace('https://x.example/{{ lead.company }}', '{% __address 0 %}'),
    );
  });

  it('changes nothing where there is nothing to change', () => {
    const html = '<p title=\'a "b" > c\'>x &amp; y <br> <a name=z>z</a></p>';
    expect(rewriteLinks(html, () => 'never')).toBe(html);
  });

  it('copes with unquoted and broken markup', () => {
    expect(rewriteLinks('<!--[if mso]><a href="x">', () => 'Y')).toBe('<!--[if mso]><a href="x">');
    expect(rewriteLinks('<a href=https://x.example/a>x</a>', () => 'Y')).toBe('<a href="Y">x</a>');
    expect(rewriteLinks('<a href="https://x.example/a', () => 'Y')).toContain('x.example');
  });
});

describe('a link with a word in its rel', () => {
  it('stays as it is, or is tracked without UTM parameters', () => {
    const { readable, links } = instrument(
      '<a rel="nofollow NOTRACK" href="https://x.example/a">a</a><a href="https://x.example/b" rel="noutm">b</a><a href="https://x.example/b">c</a>',
    );
    expect(readable).toContain('href="https://x.example/a"');
    expect(links.fixed).toEqual([
      { url: 'https://x.example/b', bare: true },
      { url: 'https://x.example/b', bare: false },
    ]);
    const utm = { rule: { source: 'nurture', medium: 'email', sites: 'all' as const }, campaign: 'c', content: 's' };
    expect(addressesOf(links.fixed, utm)).toEqual([
      'https://x.example/b',
      'https://x.example/b?utm_source=nurture&utm_medium=email&utm_campaign=c&utm_content=s',
    ]);
  });
});

describe('a fixed link with rel="notrack"', () => {
  it('leads straight to its page in a text part by hand as well', () => {
    const { links } = instrument(
      '<a rel="notrack" href="https://x.example/a">a</a><a href="https://x.example/b">b</a>',
    );
    expect(instrumentText('a: https://x.example/a, b: https://x.example/b.', links)).toBe(
      'a: https://x.example/a, b: {{ __links[0] }}.',
    );
    expect(urlsOf(links)).toEqual({ fixed: ['https://x.example/b'], variable: [] });
  });
});

describe('a link that is a value, with rel="notrack"', () => {
  it('is written as any other, and is not counted', () => {
    const { readable, links } = instrument(
      '<a rel="notrack" href="{{ lead.attributes.site }}">a</a><a href="{{ lead.attributes.site }}">b</a>' +
        '<a href="{{ lead.attributes.links.site }}">c</a><a href="{{ links.unsubscribe }}">d</a>',
    );
    expect(links.variable).toEqual([
      { url: '{{ lead.attributes.site }}', bare: true, untracked: true },
      { url: '{{ lead.attributes.site }}', bare: false },
      { url: '{{ lead.attributes.links.site }}', bare: false },
    ]);
    expect(readable).toContain('href="{% __address 0 %}">a');
    expect(readable).toContain('href="{{ links.unsubscribe }}">d');
  });
});

describe('UTM parameters', () => {
  const utm = {
    rule: { source: 'nurture', medium: 'e mail', sites: ['x.example'] },
    campaign: 'ebook-resources',
    content: 'case-study',
  };
  const added = 'utm_source=nurture&utm_medium=e%20mail&utm_campaign=ebook-resources&utm_content=case-study';
  it.each([
    ['https://x.example', `https://x.example?${added}`],
    ['https://www.X.example/ä?a=1#b', `https://www.X.example/ä?a=1&${added}#b`],
    ['https://x.example/?', `https://x.example/?${added}`],
    ['https://x.example:8443/a', `https://x.example:8443/a?${added}`],
    ['https://notx.example/', 'https://notx.example/'],
    ['https://other.example/?u=https://x.example/', 'https://other.example/?u=https://x.example/'],
    ['mailto:a@x.example', 'mailto:a@x.example'],
    [
      'https://x.example/?utm_campaign=own&utm_source=s',
      'https://x.example/?utm_campaign=own&utm_source=s&utm_medium=e%20mail&utm_content=case-study',
    ],
  ])('%s', (url, expected) => {
    expect(withUtm(url, utm)).toBe(expected);
  });
});

describe('an address with values', () => {
  const v = markedValue;
  it.each([
    [v('https://shop.example/ä b?c=1&d=%20#e'), 'https://shop.example/ä%20b?c=1&d=%20#e'],
    [`${v('https://shop.example')}/?c=${v('Vines & Sons')}`, 'https://shop.example/?c=Vines%20%26%20Sons'],
    [`https://${v('shop.example')}/x`, 'https://shop.example/x'],
    [`https://${v('https://shop.example')}/x`, 'https://shop.example/x'],
    [v('www.shop.example/x'), 'https://www.shop.example/x'],
    [v('räucherei.example'), 'https://räucherei.example'],
    [`https://shop.example/?a=${v('https://x')}&b=${v(2)}`, 'https://shop.example/?a=https%3A%2F%2Fx&b=2'],
    [v(v('a').concat(v('b'))), 'ab'],
    [v(null), ''],
    [v('javascript:alert(1)'), ''],
    [v('\u0000JavaScript:alert(1)'), '%00JavaScript:alert(1)'],
    [`https://${v('berlin')}.shop.example/x`, 'https://berlin.shop.example/x'],
    [`https://${v('evil.example/')}.shop.example/x`, ''],
    [`https://${v('https://evil.example?')}.shop.example/x`, ''],
    [`https://${v('')}.shop.example/x`, ''],
    [`https://shop.example${v('.evil.example')}`, ''],
    [`https://shop.example${v('@evil.example')}/x`, ''],
    [`https://${v('shop.example')}?a=${v('b.c')}`, 'https://shop.example?a=b.c'],
    [v('data:text/html,x'), ''],
    [v('mailto:a@b.example'), 'mailto:a@b.example'],
  ])('%j is %j', (rendered, address) => {
    expect(addressOf(rendered)).toBe(address);
  });

  it('is of a page or not', () => {
    expect(['https://x.example/a', 'mailto:a@b.example', '', 'https://a b', '/x'].filter(isPage)).toEqual([
      'https://x.example/a',
    ]);
  });
});

describe('a text part written by hand', () => {
  it('has its addresses whole, without the punctuation around them', () => {
    const links: Links = { fixed: [], variable: [{ url: '{{ campaign.url }}', bare: false }], straight: [] };
    const text =
      'See https://x.example/s?f[0]=x, (https://x.example/wiki/Vine_(plant)), {{ campaign.url }} and https://x.example/{{ lead.company }}.';
    expect(instrumentText(text, links)).toBe(
      'See {{ __links[0] }}, ({{ __links[1] }}), {% __address 0 %} and {% __address 1 %}.',
    );
    expect(urlsOf(links)).toEqual({
      fixed: ['https://x.example/s?f[0]=x', 'https://x.example/wiki/Vine_(plant)'],
      variable: ['{{ campaign.url }}', 'https://x.example/{{ lead.company }}'],
    });
  });
});

describe('trackingFor', () => {
  it('makes the addresses of one send', () => {
    const tokens = createTokens(['a-secret-of-some-length']);
    const sendId = newId('send');
    const { links, pixel = '' } = trackingFor('https://nurture.example/', tokens, sendId, { linkIds: [11, 12] });
    expect(tokens.readClick(links[1]?.replace('https://nurture.example/c/', '') ?? '')).toEqual({ sendId, linkId: 12 });
    expect(tokens.readOpen(/^https:\/\/nurture\.example\/o\/(.*)\.gif$/.exec(pixel)?.[1] ?? '')).toEqual({ sendId });
  });
});
