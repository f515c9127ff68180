import { z } from 'zod';
import { GOALS, type LearnedModel } from '../domain/learned/model.ts';
import { mapping, words } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const FEATURE = /^(score|freeMail|grade:[ABD]|source:.+)$/;

const learned = mapping({
  goal: z.enum(GOALS),
  until: words,
  outcomes: z.int(),
  successes: z.int(),
  intercept: z.number(),
  weights: z.array(mapping({ feature: words, weight: z.number() })),
});

/** Reads learned.yaml; null when it has mistakes, which are reported. */
export function readLearned(file: YamlFile): LearnedModel | null {
  const read = file.parse(learned);
  read?.weights.forEach(({ feature }, i) => {
    if (!FEATURE.test(feature))
      file.report(['weights', i, 'feature'], 'expected score, freeMail, grade:A, grade:B, grade:D or source:<name>');
  });
  return read;
}
