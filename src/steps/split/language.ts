import { z } from 'zod';
import { key, mapping, readBy, textLike, WRITTEN_AS } from '../../language/schemas.ts';
import { armStart, armTarget, listAt, stepId, type StepLanguage, type StepReader } from '../language.ts';
import { type Arm, HOLDOUT, type SplitStep } from './position.ts';

const EXPECTED_WEIGHT = 'expected a weight above zero such as 2 or 50%; an arm that nobody is to get is left out';
const EXPECTED_HOLDOUT = 'expected a share between 0% and 100% such as 10%';

const PERCENT_ABOVE_ZERO = '^\\s*(?!0+(\\.0+)?\\s*%)\\d+(\\.\\d+)?\\s*%\\s*$';

/** A number, or a percentage: 2, 0.5, 50%. */
function amountOf(written: unknown): number | null {
  const [, percent] = typeof written === 'string' ? (/^(\d+(?:\.\d+)?)\s*%$/.exec(written.trim()) ?? []) : [];
  const amount = percent === undefined ? written : Number(percent);
  return typeof amount === 'number' && Number.isFinite(amount) ? amount : null;
}

const weight = readBy<number>((written, report) => {
  const amount = amountOf(written);
  return amount !== null && amount > 0 ? amount : (report([], EXPECTED_WEIGHT) ?? undefined);
}).meta({
  anyOf: [
    { type: 'number', exclusiveMinimum: 0 },
    textLike(PERCENT_ABOVE_ZERO, 'a weight above zero such as 2 or 50%', ['50%']),
  ],
});
const holdout = readBy<number>((written, report) => {
  const percent = typeof written === 'string' ? amountOf(written) : null;
  return percent !== null && percent > 0 && percent < 100 ? percent / 100 : (report([], EXPECTED_HOLDOUT) ?? undefined);
}).meta(
  textLike('^\\s*(?!0+(\\.0+)?\\s*%)\\d{1,2}(\\.\\d+)?\\s*%\\s*$', 'a share between 0% and 100% such as 10%', ['10%']),
);
const armSchema = mapping({ arm: key, weight: weight.default(1), ...armTarget });
const schema = mapping({
  id: stepId,
  split: z
    .array(z.unknown().meta({ [WRITTEN_AS]: [armSchema] }), { error: 'expected a list of arms' })
    .min(1, 'expected at least one arm'),
  holdout: holdout.optional(),
});

export const splitLanguage: StepLanguage<SplitStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    if (read === null) return null;
    const arms = read.split.map((_, i) => readArm(reader, i));
    const names = arms.map((one) => one?.arm);
    names.forEach((name, i) => {
      if (name !== undefined && names.indexOf(name) < i)
        reader.report(['split', i, 'arm'], `the arm "${name}" is there twice; give each arm a name of its own`);
      if (name === HOLDOUT)
        reader.report(['split', i, 'arm'], `"${HOLDOUT}" is written beside "split", as in holdout: 10%`);
    });
    if (arms.length === 1 && read.holdout === undefined)
      reader.report(['split'], 'one arm is no choice; write a second one, or a holdout');
    const whole = arms.filter((one) => one !== null);
    if (whole.length < arms.length) return null;
    return { id: reader.id, kind: 'split', arms: whole, ...(read.holdout !== undefined && { holdout: read.holdout }) };
  },
  defaultId: (_written, place) => `split-${place}`,
  nested: (written) =>
    listAt(written, 'split').map((one, i) => ({ at: ['split', i, 'steps'], arm: nameOf(one) ?? `arm-${i + 1}` })),
};

function readArm(reader: StepReader, i: number): Arm | null {
  const at = ['split', i];
  const read = reader.parse(armSchema, at);
  const go = read && armStart(reader, at, read);
  return read && go !== null ? { arm: read.arm, weight: read.weight, go } : null;
}

function nameOf(one: unknown): string | null {
  return typeof one === 'object' && one !== null && 'arm' in one && typeof one.arm === 'string' ? one.arm : null;
}
