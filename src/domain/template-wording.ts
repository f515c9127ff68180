/** What a reader gets of a template: its words and where its links lead, not how it looks. */
import { inEachLanguage, type TemplateSource } from './template.ts';

const SEEN = /<mj-(style|attributes|head)\b[\s\S]*?<\/mj-\1>|<!--[\s\S]*?-->/g;
const TAG = /<[^>]*>/g;
const SAID = /\b(?:href|src|alt)="([^"]*)"/g;

/** The same for two templates that say the same, in every language. */
export function wordingOf(source: TemplateSource): string {
  return inEachLanguage(source)
    .map(({ subject, preheader, text, body }) => {
      const content = body.replaceAll(SEEN, ' ');
      const words = content.replaceAll(TAG, (tag) => ` ${[...tag.matchAll(SAID)].map(([, said]) => said).join(' ')} `);
      return [subject, preheader, text ?? '', words].map((part) => part.replaceAll(/\s+/g, ' ').trim()).join('\n');
    })
    .join('\n\n');
}
