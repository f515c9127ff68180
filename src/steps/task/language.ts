import { z } from 'zod';
import type { Span } from '../../domain/cadence.ts';
import { key, mapping, readBy, span, WRITTEN_AS } from '../../language/schemas.ts';
import { next, readNext, stepId, type StepLanguage, type StepReader } from '../language.ts';
import { liquidText } from '../liquid-text.ts';
import type { TaskStep } from './position.ts';

/** The template of the mail that tells a rep of tasks. */
export const TASK_TEMPLATE = 'rep-task';

const NEXT_DAY: Span = { amount: 1, unit: 'days' };

const to = readBy<TaskStep['to']>((written, report) => {
  const team: unknown = typeof written === 'object' && written !== null && 'team' in written ? written.team : undefined;
  if (written === 'owner') return written;
  return typeof team === 'string' && Object.keys(written as object).length === 1
    ? { team }
    : (report([], 'expected "owner" or { team: <team of routing.yaml> }') ?? undefined);
}).meta({ [WRITTEN_AS]: [z.literal('owner'), mapping({ team: key })] });

const schema = mapping({
  id: stepId,
  task: liquidText,
  by: z.enum(['call', 'message']).default('call'),
  to: to.default('owner'),
  due: span.default(NEXT_DAY),
  wait: z.literal('until done').optional(),
  within: span.optional(),
  then: key.optional(),
  else: key.optional(),
  next,
});

export const taskLanguage: StepLanguage<TaskStep> = {
  schema,
  read(reader) {
    const read = reader.parse(schema);
    if (read === null) return null;
    if (read.to !== 'owner') reader.checkKnown('team', ['to', 'team'], read.to.team);
    const wait = readWait(reader, read);
    if (wait === null) return null;
    const { task: text, by, to: whom, due } = read;
    return { id: reader.id, kind: 'task', text, by, to: whom, due, ...wait, ...readNext(reader, read.next) };
  },
  more: ['wait'],
  defaultId: (_written, place) => `task-${place}`,
  repTemplates: () => [TASK_TEMPLATE],
};

/** Nothing for a step that does not wait; null: reported. */
function readWait(reader: StepReader, read: z.output<typeof schema>): Pick<TaskStep, 'wait'> | null {
  const { wait, within, then, else: otherwise } = read;
  if (wait === undefined) {
    const idle = (['within', 'then', 'else'] as const).find((name) => read[name] !== undefined);
    if (idle === undefined) return {};
    reader.report([idle], `"${idle}" needs "wait: until done" beside it`, 'key');
    return null;
  }
  if (within === undefined) {
    reader.report(['wait'], 'expected "within" beside it, such as "within: 5 days": nothing waits without end');
    return null;
  }
  return {
    wait: {
      within,
      ...(then !== undefined && { then: reader.target(['then'], then) }),
      ...(otherwise !== undefined && { otherwise: reader.target(['else'], otherwise) }),
    },
  };
}
