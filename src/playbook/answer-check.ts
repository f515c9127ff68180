import type { Answer } from '../domain/cadence.ts';
import type { ValuePath } from '../language/problems.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import { checkTemplate, type KnownNames } from './context.ts';

/** Reports answers that name an unknown template, and those that would advertise: an answer goes without a consent to marketing. */
export function checkAnswers(file: YamlFile, answers: readonly Answer[] | undefined, known: KnownNames): void {
  const isText = typeof file.at(['answer']) === 'string';
  answers?.forEach(({ template }, i) => {
    const path: ValuePath = isText ? ['answer'] : ['answer', i, 'email'];
    checkTemplate(file, path, template, known);
    if (known.offers?.has(template))
      file.report(
        path,
        `"${template}" is an offer, and an answer gives what was asked for: name a template of another kind`,
      );
  });
}
