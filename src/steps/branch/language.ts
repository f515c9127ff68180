import { z } from 'zod';
import { condition } from '../../language/condition-schema.ts';
import { key, mapping, readBy } from '../../language/schemas.ts';
import { stepId, type StepLanguage, type StepReader } from '../language.ts';
import type { BranchStep } from './position.ts';

const cases = z.array(
  readBy<{ when?: unknown; go?: unknown; else?: unknown }>((value, report) => {
    if (typeof value === 'object' && value !== null && ('when' in value || 'else' in value)) return value;
    return report([], 'expected "when" with "go", or "else"') ?? undefined;
  }),
  { error: 'expected a list of "when" with "go"' },
);
const schema = mapping({ id: stepId, branch: cases });
const branchCase = mapping({ when: condition('lead'), go: key });
const branchElse = mapping({ else: key });

export const branchLanguage: StepLanguage<BranchStep> = {
  read(reader) {
    const read = reader.parse(schema);
    return read && readCases(reader, read.branch);
  },
  defaultId: (_written, place) => `branch-${place}`,
};

function readCases(reader: StepReader, written: readonly object[]): BranchStep | null {
  const found: { when: z.output<typeof branchCase>['when']; go: string }[] = [];
  let otherwise = reader.after;
  let broken = false;
  for (const [i, one] of written.entries()) {
    const at = ['branch', i];
    if ('else' in one) {
      const last = reader.parse(branchElse, at);
      if (last) otherwise = reader.target([...at, 'else'], last.else);
      broken ||= !last;
      if (i < written.length - 1) reader.report(at, '"else" must be the last entry');
    } else {
      const each = reader.parse(branchCase, at);
      if (each) found.push({ when: each.when, go: reader.target([...at, 'go'], each.go) });
      broken ||= !each;
    }
  }
  if (broken) return null;
  if (found.length === 0) reader.report(['branch'], 'expected at least one "when" with "go"');
  if (otherwise === null) reader.report(['branch'], 'no step follows this branch; end it with "- else: <step>"');
  return otherwise === null ? null : { id: reader.id, kind: 'branch', cases: found, otherwise };
}
