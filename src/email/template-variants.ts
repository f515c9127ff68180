/** A template in other languages: `welcome.de.mjml` beside `welcome.mjml`, and parts likewise. */
import { AppError } from '../domain/errors.ts';
import { canonicalLanguage, languageChain } from '../domain/language-tag.ts';
import type { TemplateSource, WordedTemplate } from '../domain/template.ts';
import type { ReadTemplate } from './front-matter.ts';
import type { FindPartial } from './partials.ts';
import type { PlacedMessage } from './template-mistakes.ts';
import { variableNames } from './variables.ts';

/** The key and the language in a file's name; language null: the template itself. */
export interface TemplateName {
  key: string;
  language: string | null;
}

/** @throws AppError PLAYBOOK_INVALID for a name with something else than a language between its dots */
export function templateName(fileName: string, file: string): TemplateName {
  const [key = '', ...rest] = fileName.replace(/\.mjml$/, '').split('.');
  if (rest.length === 0) return { key, language: null };
  const language = rest.length === 1 ? canonicalLanguage(rest[0]) : null;
  if (language === null)
    throw new AppError(
      'PLAYBOOK_INVALID',
      `${file}: "${rest.join('.')}" is no language; a template in another language is called ${key}.de.mjml or ${key}.de-AT.mjml`,
    );
  return { key, language };
}

/** Finds a part in the language (`_layout.de.mjml`), else the part itself. */
export function partsIn(language: string | null, find: FindPartial): FindPartial {
  if (language === null) return find;
  return (path) => {
    for (const tag of languageChain(language)) {
      const found = find(path.replace(/\.mjml$/, `.${tag}.mjml`));
      if (found !== undefined) return found;
    }
    return find(path);
  };
}

/** What a mail is, whatever its language. */
const OF_THE_MAIL = ['topic', 'kind', 'material', 'sender', 'tracking', 'opens'] as const;

export function disagreements({ front, positions, stated }: ReadTemplate, template: TemplateSource): PlacedMessage[] {
  return OF_THE_MAIL.flatMap((field) => {
    const own = template[field] ?? null;
    if (!stated.has(field) || front[field] === own) return [];
    const right = own === null ? 'has none' : `says "${own}"`;
    return [
      {
        place: positions[field],
        message: `${template.file} ${right}: the ${field} is the same in every language; leave it out here`,
      },
    ];
  });
}

/** Variables that one language has and the template itself does not, or the other way round: a link or a date may be forgotten. */
export function variableDifferences(variant: WordedTemplate, template: TemplateSource): PlacedMessage[] {
  const [own, all] = [variant, template].map((one) => new Set(variableNames(one).map((names) => names.join('.'))));
  const place = { file: variant.file, line: 1, column: 1 };
  const told = (names: string[], what: string): PlacedMessage[] =>
    names.length === 0 ? [] : [{ place, message: `${what}: ${names.map((name) => `{{ ${name} }}`).join(', ')}` }];
  return [
    ...told(
      [...(all ?? [])].filter((name) => own?.has(name) === false),
      `${template.file} has what this file has not`,
    ),
    ...told(
      [...(own ?? [])].filter((name) => all?.has(name) === false),
      `this file has what ${template.file} has not`,
    ),
  ];
}
