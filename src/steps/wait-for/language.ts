import { condition } from '../../language/condition-schema.ts';
import { mapping, span, words } from '../../language/schemas.ts';
import { slug, stepId, type StepLanguage, type StepReader } from '../language.ts';
import type { WaitForStep } from './position.ts';

const schema = mapping({
  id: stepId,
  waitFor: words,
  when: condition('event').optional(),
  within: span,
  then: stepId,
  else: stepId,
});

export const waitForLanguage: StepLanguage<WaitForStep> = {
  read(reader) {
    const read = reader.parse(schema);
    if (read === null) return null;
    reader.checkKnown('event', ['waitFor'], read.waitFor);
    const [then, otherwise] = [orAfter(reader, 'then', read.then), orAfter(reader, 'else', read.else)];
    return {
      id: reader.id,
      kind: 'waitFor',
      event: read.waitFor,
      ...(read.when && { when: read.when }),
      within: read.within,
      then,
      otherwise,
    };
  },
  defaultId: (written, place) => `wait-for-${slug(written)}-${place}`,
};

/** The step that is named, or the one that stands after it in the file. */
function orAfter(reader: StepReader, at: string, named: string | undefined): string {
  if (named !== undefined) return reader.target([at], named);
  if (reader.after === null) reader.report([at], `no step follows this one; name the next step with "${at}"`);
  return reader.after ?? '';
}
