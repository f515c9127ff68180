import { z } from 'zod';
import type { Matcher } from '../domain/condition.ts';
import { edgesOf } from '../domain/fit.ts';
import type { FitCriterion } from '../domain/scoring.ts';
import { stated } from '../domain/stated.ts';
import { condition } from '../language/condition-schema.ts';
import { key, mapping, words, writtenAs } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

/** So many units of the field, or "50%" of the edge. */
const tolerance = writtenAs<number | { share: number }>((value) =>
  typeof value === 'string'
    ? z
        .string()
        .regex(/^[1-9]\d{0,3}%$/, 'expected a number above 0, or a share such as "50%"')
        .transform((text) => ({ share: Number.parseInt(text, 10) / 100 }))
    : z.number({ error: 'expected a number above 0, or a share such as "50%"' }).positive('expected a number above 0'),
);

/** What fits is written as in a condition: a value, a list, or operators. */
const matcher = z.unknown().transform((value) => value as Matcher);

export const criterion = mapping({
  criterion: key,
  field: words,
  ideal: matcher,
  near: matcher.optional(),
  tolerance: tolerance.optional(),
  weight: z.number().positive('expected a number above 0'),
  misfit: z.number().max(0, 'expected 0 or a number below 0').optional(),
}).transform(({ misfit, ...one }): FitCriterion => stated({ ...one, misfit: misfit ?? -one.weight }));

/** Reports what is wrong with the field and the values of the criterion at a path. */
export function checkCriterion(file: YamlFile, path: readonly (string | number)[], one: FitCriterion): void {
  const { field, ideal, near } = one;
  for (const [name, values] of Object.entries(stated({ ideal, near }))) {
    const { error } = condition('fit').safeParse({ [field]: values });
    for (const issue of error?.issues ?? []) {
      const [asked, ...inner] = issue.path as (string | number)[];
      const isOfField = asked === undefined || (inner.length === 0 && issue.message.includes(`"${field}"`));
      if (isOfField && name !== 'ideal') continue;
      file.report([...path, ...(isOfField ? ['field'] : [name, ...inner])], issue.message);
    }
  }
  if (one.tolerance !== undefined && edgesOf(ideal).length === 0)
    file.report(
      [...path, 'tolerance'],
      'only an ideal of numbers has a tolerance, such as { gte: 20, lte: 200 }; use "near" for texts',
    );
}
