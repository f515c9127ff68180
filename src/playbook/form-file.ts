import { z } from 'zod';
import type { Form } from '../domain/answer.ts';
import { answer } from '../language/answer-schema.ts';
import { mapping, words } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';
import { checkAnswers } from './answer-check.ts';
import { checkConditionNames } from './condition-names.ts';
import type { KnownNames } from './context.ts';

/** playbook/forms/<key>.yaml: `key` is what the website sends as the property `form` of `form.submitted`. */
export const formSchema = mapping({
  name: words,
  description: words.optional(),
  doubleOptIn: z.boolean('expected true or false').optional(),
  answer: answer.optional(),
});

/** Reads one form; null when it has mistakes, which are reported. */
export function readForm(file: YamlFile, form: string, known: KnownNames): Form | null {
  const read = file.parse(formSchema);
  checkConditionNames(file, known);
  checkAnswers(file, read?.answer, known);
  return (
    read && {
      form,
      name: read.name,
      ...(read.doubleOptIn === true ? { doubleOptIn: true } : {}),
      answer: read.answer ?? [],
    }
  );
}
