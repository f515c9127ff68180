import { describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { instrument, rewriteLinks, trackingFor } from '../../src/email/links.ts';
import { createTokens } from '../../src/crypto/tokens.ts';

describe('instrument', () => {
  it('collects fixed web addresses in order, each once, and leaves all others alone', () => {
    const html = [
      '<body>',
      '<a href="https://x.example/b?a=1&amp;b=2">one</a>',
      "<A class='k' HREF='https://x.example/a'>two</A>",
      '<a href="https://x.example/b?a=1&b=2" target="_blank">again</a>',
      '<a href="mailto:a@x.example">m</a><a href="tel:+49">t</a><a href="#top">top</a>',
      '<a href="{{ links.unsubscribe }}">u</a><a href="https://{{ lead.attributes.site }}/x">d</a>',
      '<!-- <a href="https://x.example/comment">no</a> -->',
      '</body>',
    ].join('\n');
    const { html: tracked, readable, links } = instrument(html);
    expect(links).toEqual(['https://x.example/b?a=1&b=2', 'https://x.example/a']);
    expect(readable).toBe(
      html
        .replace('https://x.example/b?a=1&amp;b=2', '{{ __links[0] }}')
        .replace("HREF='https://x.example/a'", 'href="{{ __links[1] }}"')
        .replace('https://x.example/b?a=1&b=2', '{{ __links[0] }}'),
    );
    expect(tracked).toContain('<img src="{{ __pixel }}" width="1" height="1" alt="">{% endif %}</body>');
    expect(readable).not.toContain('__pixel');
  });

  it('changes nothing where there is nothing to change', () => {
    const html = '<p title=\'a "b" > c\'>x &amp; y <br> <a name=z>z</a></p>';
    expect(rewriteLinks(html, () => 'never')).toBe(html);
  });

  it('copes with unquoted and broken markup', () => {
    expect(rewriteLinks('<a href=https://x.example/a>x</a>', () => 'Y')).toBe('<a href="Y">x</a>');
    expect(rewriteLinks('<a href="https://x.example/a', () => 'Y')).toContain('x.example');
  });
});

describe('trackingFor', () => {
  it('makes the addresses of one send', () => {
    const tokens = createTokens(['a-secret-of-some-length']);
    const sendId = newId('send');
    const { links, pixel } = trackingFor('https://nurture.example/', tokens, sendId, [11, 12]);
    expect(tokens.readClick(links[1]?.replace('https://nurture.example/c/', '') ?? '')).toEqual({ sendId, linkId: 12 });
    expect(tokens.readOpen(/^https:\/\/nurture\.example\/o\/(.*)\.gif$/.exec(pixel)?.[1] ?? '')).toEqual({ sendId });
  });
});
