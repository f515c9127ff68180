import { convertMjml } from './compile.ts';
import { textTemplateOf } from './text-part.ts';
import type { WordedTemplate } from '../domain/template.ts';

/** What a reader of the mail reads, with the Liquid as it is written: the same for every lead. */
export interface TemplateWords {
  subject: string;
  preheader: string;
  /** One paragraph a line. A link is `label <address>`. */
  text: string;
}

/** @throws AppError PLAYBOOK_INVALID for a template that cannot be compiled */
export async function templateWords(source: WordedTemplate): Promise<TemplateWords> {
  const { subject, preheader } = source;
  const text = source.text ?? textTemplateOf(await convertMjml(source));
  const paragraphs = text.split('\n').map((line) => line.trim());
  return { subject, preheader, text: paragraphs.filter((line) => line !== '').join('\n') };
}
