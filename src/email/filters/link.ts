/** `link`: adds parameters to an address, encoded; `url_encode`: encodes one value. */
import { asText } from '../addresses.ts';
import { type MailFilter, named } from './filter.ts';

/** `{{ "https://shop.example/search" | link: q: lead.company }}`. A value that is not known leaves its parameter out. */
export const link: MailFilter = (value, ...args) => {
  const address = asText(value).trim();
  const parameters = [...named(args).named]
    .map(([name, one]) => [name, asText(one)] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${encodeURIComponent(name)}=${encode(text)}`);
  if (address === '' || parameters.length === 0) return address;
  const [, before = address, fragment = ''] = /^([^#]*)(#.*)?$/s.exec(address) ?? [];
  const joint = before.includes('?') ? (/[?&]$/.test(before) ? '' : '&') : '?';
  return `${before}${joint}${parameters.join('&')}${fragment}`;
};

/** A plus sign is a space in forms only: in the subject of a mailto: link it is read as a plus. */
export const urlEncode: MailFilter = (value) => encode(asText(value));

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
