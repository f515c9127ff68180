import { z } from 'zod';
import { condition } from '../../language/condition-schema.ts';
import { key, mapping, readBy, WRITTEN_AS } from '../../language/schemas.ts';
import { armStart, armTarget, listAt, ONE_STEP, stepId, type StepLanguage, type StepReader } from '../language.ts';
import type { BranchStep } from './position.ts';

const branchCase = mapping({ when: condition('lead'), ...armTarget });
/** A step by its id, or a list of steps, which are read one by one. */
const branchElse = mapping({
  else: z.union([z.array(z.unknown().meta(ONE_STEP)), key], 'expected the id of a step, or a list of steps'),
});

const cases = z.array(
  readBy<{ when?: unknown; go?: unknown; else?: unknown }>((value, report) => {
    if (typeof value === 'object' && value !== null && ('when' in value || 'else' in value)) return value;
    return report([], 'expected "when" with "go" or "steps", or "else"') ?? undefined;
  }).meta({ [WRITTEN_AS]: [branchCase, branchElse] }),
  { error: 'expected a list of "when" with "go" or "steps"' },
);
const schema = mapping({ id: stepId, branch: cases });

type Cases = BranchStep['cases'];

export const branchLanguage: StepLanguage<BranchStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    return read && readCases(reader, read.branch);
  },
  defaultId: (_written, place) => `branch-${place}`,
  nested: (written) =>
    listAt(written, 'branch').flatMap((one, i) => [
      { at: ['branch', i, 'steps'], arm: `case-${i + 1}` },
      ...(listAt(one, 'else').length > 0 ? [{ at: ['branch', i, 'else'], arm: 'else' }] : []),
    ]),
};

function readCases(reader: StepReader, written: readonly object[]): BranchStep | null {
  const found: Cases[number][] = [];
  let otherwise = reader.after;
  let broken = false;
  for (const [i, one] of written.entries()) {
    if ('else' in one) {
      const last = readElse(reader, i);
      if (last !== null) otherwise = last;
      broken ||= last === null;
      if (i < written.length - 1) reader.report(['branch', i], '"else" must be the last entry');
    } else {
      const each = readCase(reader, i);
      if (each !== null) found.push(each);
      broken ||= each === null;
    }
  }
  if (broken) return null;
  if (found.length === 0) reader.report(['branch'], 'expected at least one "when" with "go" or "steps"');
  if (otherwise === null) reader.report(['branch'], 'no step follows this branch; end it with "- else: <step>"');
  return otherwise === null ? null : { id: reader.id, kind: 'branch', cases: found, otherwise };
}

function readCase(reader: StepReader, i: number): Cases[number] | null {
  const at = ['branch', i];
  const read = reader.parse(branchCase, at);
  const go = read && armStart(reader, at, read);
  return read && go !== null ? { when: read.when, go } : null;
}

function readElse(reader: StepReader, i: number): string | null {
  const at = ['branch', i];
  const read = reader.parse(branchElse, at);
  if (read === null) return null;
  const to = [...at, 'else'];
  return typeof read.else === 'string' ? reader.target(to, read.else) : reader.firstOf(to);
}
