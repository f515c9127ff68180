/** What a person finds in an HTML mail or page: links and forms. */
import { Parser } from 'htmlparser2';

interface FoundLink {
  href: string;
  text: string;
}

export interface FoundForm {
  action: string;
  method: string;
  /** Inputs by name, with the value they have at first. */
  inputs: Record<string, string>;
  /** Choices of each select, by its name. */
  choices: Record<string, string[]>;
}

export interface FoundPage {
  title: string;
  text: string;
  links: FoundLink[];
  images: string[];
  forms: FoundForm[];
}

export function readHtml(html: string): FoundPage {
  const found: FoundPage = { title: '', text: '', links: [], images: [], forms: [] };
  const open: string[] = [];
  let link: FoundLink | null = null;
  let form: FoundForm | null = null;
  let select = '';
  const parser = new Parser({
    onopentag(name, attributes) {
      open.push(name);
      if (name === 'a' && attributes['href'] !== undefined)
        found.links.push((link = { href: attributes['href'], text: '' }));
      if (name === 'img' && attributes['src'] !== undefined) found.images.push(attributes['src']);
      if (name === 'form') {
        form = {
          action: attributes['action'] ?? '',
          method: (attributes['method'] ?? 'get').toLowerCase(),
          inputs: {},
          choices: {},
        };
        found.forms.push(form);
      }
      const field = attributes['name'];
      if (form !== null && field !== undefined && (name === 'input' || name === 'textarea'))
        form.inputs[field] = attributes['value'] ?? '';
      if (form !== null && field !== undefined && name === 'select') form.choices[(select = field)] = [];
      if (form !== null && name === 'option') form.choices[select]?.push(attributes['value'] ?? '');
    },
    ontext(text) {
      const inside = open.at(-1);
      if (inside === 'style' || inside === 'script') return;
      if (inside === 'title') found.title += text;
      else found.text += text;
      if (link !== null) link.text += text;
    },
    onclosetag(name) {
      open.pop();
      if (name === 'a') link = null;
      if (name === 'form') form = null;
    },
  });
  parser.end(html);
  return found;
}
